package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.ExpiredSessionRepository;
import dev.sessionstorage.SessionDataRepository;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.task.SimpleAsyncTaskSchedulerBuilder;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.TriggerContext;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/** Deletes expired sessions periodically, in small batches, with jitter so that nodes do not run in step. */
final class SessionCleanup implements SmartLifecycle {

    private static final Log LOG = LogFactory.getLog(SessionCleanup.class);
    private static final Duration STOP_WAITS = Duration.ofSeconds(10);

    private final @Nullable ExpiredSessionRepository repository;
    private final Duration interval;
    private final int batchSize;
    private final SimpleAsyncTaskSchedulerBuilder schedulers;
    private volatile @Nullable SimpleAsyncTaskScheduler scheduler;
    private @Nullable ScheduledFuture<?> task;

    SessionCleanup(
            @Nullable SessionDataRepository repository,
            SessionProperties.Cleanup properties,
            SimpleAsyncTaskSchedulerBuilder schedulers) {
        if (properties.interval().isNegative() || properties.batchSize() < 1) {
            throw new SessionStartupException(
                    "session.cleanup.interval is " + properties.interval() + " and session.cleanup.batch-size is "
                            + properties.batchSize() + ".",
                    "Set an interval of 0 (off) or more and a batch-size of 1 or more.");
        }
        this.repository = repository instanceof ExpiredSessionRepository expired ? expired : null;
        this.interval = properties.interval();
        this.batchSize = properties.batchSize();
        this.schedulers = schedulers.threadNamePrefix("session-cleanup-");
    }

    @Override
    public void start() {
        if (repository == null || interval.isZero()) {
            return;
        }
        SimpleAsyncTaskScheduler starting = schedulers.build();
        // A program that is not a server must end with its main thread.
        starting.setDaemon(true);
        starting.setTaskTerminationTimeout(STOP_WAITS.toMillis());
        scheduler = starting;
        task = starting.schedule(() -> tryToDelete(repository), this::next);
    }

    /** Lets the current batch finish while the database is still open, and starts no other. */
    @Override
    public void stop() {
        SimpleAsyncTaskScheduler stopping = scheduler;
        scheduler = null;
        if (stopping != null && task != null) {
            task.cancel(false);
            stopping.close();
        }
    }

    @Override
    public boolean isRunning() {
        return scheduler != null;
    }

    /** Logs no stack trace: an outage would repeat it on each node at each interval, and failing requests report the cause. */
    private void tryToDelete(ExpiredSessionRepository expired) {
        try {
            deleteExpired(expired);
        } catch (RuntimeException e) {
            LOG.warn("Expired sessions could not be deleted, with "
                    + e.getClass().getName() + ". This is tried again in about " + interval.toSeconds() + " s");
            LOG.debug("Expired sessions could not be deleted", e);
        }
    }

    private void deleteExpired(ExpiredSessionRepository expired) {
        int deleted = 0;
        int batch;
        do {
            batch = expired.deleteExpired(batchSize);
            deleted += batch;
        } while (batch == batchSize && isRunning());
        if (deleted > 0) {
            LOG.debug("Deleted " + deleted + " expired sessions");
        }
    }

    /** The next run: after the interval, give or take a tenth, so that nodes started together drift apart. */
    private Instant next(TriggerContext context) {
        Instant last = context.lastCompletion();
        double jitter = ThreadLocalRandom.current().nextDouble(0.9, 1.1);
        return (last == null ? Instant.now() : last).plusMillis((long) (interval.toMillis() * jitter));
    }
}
