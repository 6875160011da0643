package dev.sessionstorage.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.ExpiredSessionRepository;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** The cleanup's thread does not keep a program alive, completes its current batch on shutdown, and survives a failed batch. */
@ExtendWith(OutputCaptureExtension.class)
class SessionCleanupTest {

    private static final long PATIENCE_SECONDS = 30;

    private final AtomicInteger failures = new AtomicInteger();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<String> events = new CopyOnWriteArrayList<>();

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(SessionAutoConfiguration.class, TaskSchedulingAutoConfiguration.class))
            .withBean(Expiring.class, Expiring::new)
            .withBean("closing", ApplicationListener.class, () ->
                    (ApplicationListener<ContextClosedEvent>) event -> closing.countDown())
            .withBean("database", DisposableBean.class, () -> () -> events.add("database closed"))
            .withPropertyValues(
                    "session.cleanup.interval=1ms", "session.cookie.secrets=0123456789abcdef0123456789abcdef");

    /** A repository whose batch ends only when the application is closing. */
    private final class Expiring implements SessionDataRepository, ExpiredSessionRepository {

        @Override
        public int deleteExpired(int limit) {
            if (failures.getAndDecrement() > 0) {
                throw new IllegalStateException("hunter2");
            }
            running.countDown();
            try {
                events.add(closing.await(PATIENCE_SECONDS, TimeUnit.SECONDS) ? "batch done" : "not closed");
            } catch (InterruptedException e) {
                events.add("interrupted");
            }
            return limit;
        }

        @Override
        public String createData(SessionData data, Instant expires) {
            throw new UnsupportedOperationException();
        }

        @Override
        public @Nullable SessionData readData(String id) {
            return null;
        }

        @Override
        public boolean updateData(String id, SessionData data, Instant expires) {
            return false;
        }

        @Override
        public void deleteData(String id) {}
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spring.main.banner-mode=off",
                "spring.threads.virtual.enabled=true",
                "spring.task.scheduling.thread-name-prefix=mine-",
                "spring.task.scheduling.shutdown.await-termination=true"
            })
    void itsThreadsAreDaemons(String property) {
        runner.withPropertyValues(property).run(context -> assertDaemons());
    }

    @Test
    void theyAreSoBesideASchedulerOfTheApplication() {
        runner.withBean(TaskScheduler.class, ThreadPoolTaskScheduler::new).run(context -> assertDaemons());
    }

    private void assertDaemons() throws InterruptedException {
        assertThat(running.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("session-cleanup-"))
                .allMatch(Thread::isDaemon);
    }

    @Test
    void aBatchThatFailsIsOneLineAndTheNextOneFollows(CapturedOutput output) {
        failures.set(2);
        runner.run(context ->
                assertThat(running.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue());
        assertThat(output.getAll().lines().filter(line -> line.contains("java.lang.IllegalStateException")))
                .hasSize(2)
                .allMatch(line -> line.contains("could not be deleted"));
        assertThat(output).doesNotContain("hunter2");
    }

    @Test
    void aBatchOnItsWayEndsBeforeTheDatabaseIsClosedAndNoneFollows() {
        runner.run(context ->
                assertThat(running.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue());
        assertThat(events).contains("batch done").doesNotContain("interrupted").endsWith("database closed");
    }
}
