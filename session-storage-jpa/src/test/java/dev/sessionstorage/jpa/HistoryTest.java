package dev.sessionstorage.jpa;

import dev.sessionstorage.test.HistoryCheck;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class HistoryTest {

    @Test
    void h2LosesNothing() {
        assertSound(TestDatabases.h2());
    }

    @Test
    void postgresqlLosesNothing() {
        assertSound(TestDatabases.postgresql());
    }

    @Test
    @Tag("mariadb")
    void mariadbLosesNothing() {
        assertSound(TestDatabases.mariadb());
    }

    @Test
    void postgresqlLosesNothingWhileConnectionsBreak() throws Exception {
        DatabaseSettings settings = TestDatabases.postgresql();
        try (Persistence persistence = HistoryDatabase.persistence(settings);
                HistoryOutages outages = HistoryOutages.on(settings)) {
            HistoryCheck.Report report = HistoryDatabase.check(persistence).run();

            HistoryDatabase.assertSound(report);
            outages.assertThatThereWereSome();
        }
    }

    @Test
    void twoProcessesOnOnePostgresqlLoseNothing(@TempDir Path shared) throws Exception {
        DatabaseSettings settings = TestDatabases.postgresql();
        try (Persistence persistence = HistoryDatabase.persistence(settings)) {
            HistoryCheck check = HistoryDatabase.check(persistence).threads(HistoryProcess.THREADS);
            record(check, settings, shared);

            HistoryDatabase.assertSound(check.check(shared));
        }
    }

    private static void record(HistoryCheck check, DatabaseSettings settings, Path shared) throws Exception {
        try (HistoryProcess.Other other = HistoryProcess.start(settings, shared, check.seed())) {
            other.go();
            check.record(shared, 0);
            other.finish();
        }
    }

    private static void assertSound(DatabaseSettings settings) {
        try (Persistence persistence = HistoryDatabase.persistence(settings)) {
            HistoryDatabase.assertSound(HistoryDatabase.check(persistence).run());
        }
    }
}
