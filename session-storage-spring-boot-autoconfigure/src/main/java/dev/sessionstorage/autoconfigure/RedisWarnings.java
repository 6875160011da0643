package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.redis.RedisSessionDataRepository;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisServerCommands;

/**
 * Warns about commands that Redis refuses, a clock that is off, and settings by which Redis may lose sessions. The settings
 * come from {@code INFO}, which hosted servers allow where they refuse {@code CONFIG}. The check starts after all beans have
 * been created, because Lettuce's threads may need some of them. It runs in its own thread, so that an unresponsive server
 * delays the startup only briefly.
 */
final class RedisWarnings implements SmartLifecycle {

    private static final Log LOG = LogFactory.getLog(RedisWarnings.class);
    private static final Duration START_WAITS = Duration.ofSeconds(10);
    private static final Duration CLOCKS_MAY_DIFFER = Duration.ofSeconds(5);

    private final RedisConnectionFactory factory;
    private final RedisSessionDataRepository repository;
    private final Clock clock;
    private volatile @Nullable Thread check;

    RedisWarnings(RedisConnectionFactory factory, RedisSessionDataRepository repository, Clock clock) {
        this.factory = factory;
        this.repository = repository;
        this.clock = clock;
    }

    @Override
    public void start() {
        Thread starting = new Thread(this::warn, "session-redis-warnings");
        starting.setDaemon(true);
        starting.start();
        check = starting;
        try {
            starting.join(START_WAITS.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void stop() {
        Thread present = check;
        if (present != null) {
            present.interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        Thread present = check;
        return present != null && present.isAlive();
    }

    /** Catches any exception of the driver, or of a proxy in front of Redis: it costs only a warning. */
    private void warn() {
        try (RedisConnection connection = factory.getConnection()) {
            RedisServerCommands server = connection.serverCommands();
            warnOf(
                    "Redis refuses what sessions need, so requests with sessions are answered with 503. They need Redis"
                            + " 6.2 or newer, not a replica, and the permissions that docs/redis.md lists",
                    this::tryOut);
            warnOf("Redis does not report its time", () -> warnOfClock(server));
            warnOf("Redis does not report how durable it is", () -> warnOfLoss(server));
        } catch (RuntimeException e) {
            warn("Redis cannot be reached yet, so requests with sessions are answered with 503", e);
        }
    }

    private static void warnOf(String failure, Runnable question) {
        try {
            question.run();
        } catch (QueryTimeoutException | RedisConnectionFailureException e) {
            throw e;
        } catch (RuntimeException e) {
            warn(failure, e);
        }
    }

    /** The message is safe to log: these commands contain no user data. */
    private static void warn(String failure, RuntimeException e) {
        if (!Thread.currentThread().isInterrupted()) {
            LOG.warn(failure + ": "
                    + NestedExceptionUtils.getMostSpecificCause(e).getMessage());
        }
    }

    /**
     * Writes a session that expired in 1970, so nothing stays behind, neither its key nor its entry in the principal's index.
     */
    private void tryOut() {
        SessionData expired = SessionData.fromJson("{}", 0, Instant.EPOCH, "session-storage", Instant.EPOCH);
        String id = repository.createData(expired, Instant.EPOCH);
        repository.extendData(id, expired, Instant.EPOCH);
        repository.readData(id);
    }

    private void warnOfClock(RedisServerCommands server) {
        long before = clock.millis();
        Long now = server.time(TimeUnit.MILLISECONDS);
        if (now == null) {
            return;
        }
        Duration ahead = Duration.ofMillis((before + clock.millis()) / 2 - now);
        if (ahead.abs().compareTo(CLOCKS_MAY_DIFFER) > 0) {
            LOG.warn("This node's clock is " + ahead.abs().toSeconds() + " s "
                    + (ahead.isNegative() ? "behind" : "ahead of")
                    + " that of Redis: sessions end too early or too late. Synchronize both by NTP");
        }
    }

    private static void warnOfLoss(RedisServerCommands server) {
        if (values(server.info("persistence"), "aof_enabled").anyMatch("0"::equals)) {
            LOG.warn("Redis runs with 'appendonly no', so sessions committed since its last snapshot are lost when"
                    + " it crashes: set appendonly yes");
        }
        if (values(server.info("memory"), "maxmemory_policy").anyMatch(policy -> !policy.equals("noeviction"))) {
            LOG.warn("Redis has a maxmemory-policy that evicts, so it ends live sessions when its memory is full,"
                    + " and signing a user out everywhere misses sessions whose index has gone: set"
                    + " maxmemory-policy noeviction");
        }
    }

    /** Returns one value, or one per node of a cluster, whose keys begin with the node's name and a dot. */
    private static Stream<String> values(@Nullable Properties info, String name) {
        return info == null
                ? Stream.empty()
                : info.stringPropertyNames().stream()
                        .filter(key -> key.equals(name) || key.endsWith("." + name))
                        .map(info::getProperty);
    }
}
