package dev.sessionstorage.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.SessionEvent;
import dev.sessionstorage.test.HistoryCheck;
import java.time.Clock;

/** Runs a history check of the JPA repository on a database. */
final class HistoryDatabase {

    static final int THREADS = 8;

    private HistoryDatabase() {}

    /** Creates a pool with a connection for each thread. */
    static Persistence persistence(DatabaseSettings settings) {
        return Persistence.on(settings, pool -> {
            pool.setMaximumPoolSize(THREADS);
            pool.setConnectionTimeout(30_000);
        });
    }

    static HistoryCheck check(Persistence persistence) {
        return HistoryCheck.of(new JpaSessionDataRepository(persistence.factory, Clock.systemUTC()))
                .threads(THREADS);
    }

    static void assertSound(HistoryCheck.Report report) {
        System.out.println(report);
        assertThat(report.violations()).as(report::toString).isEmpty();
        assertThat(report.count(SessionEvent.ROTATED)).isPositive();
        assertThat(report.count(SessionEvent.EXTENDED)).isPositive();
        assertThat(report.count(SessionEvent.RETRIED)).isPositive();
        assertThat(report.count(SessionEvent.CONFLICT)).isPositive();
        assertThat(report.count(SessionEvent.GONE)).isPositive();
    }
}
