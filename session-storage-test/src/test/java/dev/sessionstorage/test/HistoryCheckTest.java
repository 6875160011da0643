package dev.sessionstorage.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionEvent;
import dev.sessionstorage.test.HistoryOperation.Kind;
import dev.sessionstorage.test.HistoryOperation.Outcome;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class HistoryCheckTest {

    private final SessionDataRepository memory =
            new InMemorySessionDataRepository(Clock.systemUTC(), Integer.MAX_VALUE);

    @Test
    void memoryLosesNothing() {
        HistoryCheck.Report report = HistoryCheck.of(memory).run();

        assertSound(report);
    }

    @Test
    void fourCallbacksLoseNothing() {
        HistoryCheck.Report report = HistoryCheck.of(new FourCallbacks(memory)).run();

        assertSound(report);
    }

    @Test
    void aRepositoryThatFailsAtTimesLosesNothingThatWasAcknowledged() {
        HistoryCheck.Report report = HistoryCheck.of(new Unreliable(memory)).run();

        assertSound(report);
        assertThat(report.count(Kind.APPEND, Outcome.UNKNOWN)).isPositive();
    }

    private static void assertSound(HistoryCheck.Report report) {
        System.out.println(report);
        assertThat(report.violations()).as(report::toString).isEmpty();
        assertThat(EnumSet.allOf(Kind.class)).as(report::toString).allMatch(kind -> report.count(kind, Outcome.OK) > 0);
        assertThat(report.count(SessionEvent.RETRIED)).isPositive();
        assertThat(report.count(SessionEvent.EXTENDED)).isPositive();
        assertThat(report.count(Kind.SET_AFTER_READ, Outcome.FAILED)).isPositive();
    }

    /** Uses the default rotation and extension of {@link SessionDataRepository}. */
    private static class FourCallbacks implements SessionDataRepository {

        private final SessionDataRepository delegate;

        FourCallbacks(SessionDataRepository delegate) {
            this.delegate = delegate;
        }

        @Override
        public String createData(SessionData data, Instant expires) {
            return delegate.createData(data, expires);
        }

        @Override
        public @Nullable SessionData readData(String id) {
            return delegate.readData(id);
        }

        @Override
        public boolean updateData(String id, SessionData data, Instant expires) {
            return delegate.updateData(id, data, expires);
        }

        @Override
        public void deleteData(String id) {
            delegate.deleteData(id);
        }
    }

    /** Fails one call in fifty, half the time after the call has taken effect. */
    private static final class Unreliable extends FourCallbacks {

        Unreliable(SessionDataRepository delegate) {
            super(delegate);
        }

        @Override
        public String createData(SessionData data, Instant expires) {
            return perhaps(() -> super.createData(data, expires));
        }

        @Override
        public @Nullable SessionData readData(String id) {
            return Unreliable.<@Nullable SessionData>perhaps(() -> super.readData(id));
        }

        @Override
        public boolean updateData(String id, SessionData data, Instant expires) {
            return perhaps(() -> super.updateData(id, data, expires));
        }

        @Override
        public void deleteData(String id) {
            perhaps(() -> {
                super.deleteData(id);
                return true;
            });
        }

        private static <T extends @Nullable Object> T perhaps(Supplier<T> call) {
            int choice = ThreadLocalRandom.current().nextInt(100);
            if (choice == 0) {
                throw new IllegalStateException("planted: not done");
            }
            T result = call.get();
            if (choice == 1) {
                throw new IllegalStateException("planted: done, but nobody knows");
            }
            return result;
        }
    }
}
