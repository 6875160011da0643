package dev.sessionstorage.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ending all of a principal's sessions also ends one that moves to a new id meanwhile. */
@Timeout(60)
class EndAllTest {

    @ParameterizedTest
    @ValueSource(strings = {"READ_COMMITTED", "REPEATABLE_READ"})
    void onH2(String isolation) throws Exception {
        rotateMeanwhile(
                TestDatabases.h2(),
                isolation,
                "select count(*) from information_schema.sessions where blocker_id is not null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"READ_COMMITTED", "REPEATABLE_READ"})
    void onPostgresql(String isolation) throws Exception {
        rotateMeanwhile(TestDatabases.postgresql(), isolation, "select count(*) from pg_locks where not granted");
    }

    /** At REPEATABLE READ a session cannot move to a place that the deletion has passed. */
    @Test
    @Tag("mariadb")
    void onMariadb() throws Exception {
        rotateMeanwhile(
                TestDatabases.mariadb(),
                "READ_COMMITTED",
                "select variable_value from information_schema.global_status"
                        + " where variable_name = 'innodb_row_lock_current_waits'");
    }

    /** While the deletion waits for the session in the middle, the last one moves to a place that the deletion has passed. */
    private static void rotateMeanwhile(DatabaseSettings settings, String isolation, String countBlocked)
            throws Exception {
        try (Persistence persistence =
                        Persistence.on(settings, pool -> pool.setTransactionIsolation("TRANSACTION_" + isolation));
                Connection other = settings.connect();
                Statement statement = other.createStatement()) {
            for (String id : new String[] {"middle", "z-last"}) {
                settings.execute(
                        "insert into session_data (id, data, version, principal, created_at, expires) values ('" + id
                                + "', '{}', 0, 'robin', 0, " + Long.MAX_VALUE + ")");
            }
            JpaSessionDataRepository repository = new JpaSessionDataRepository(persistence.factory, Clock.systemUTC());

            other.setAutoCommit(false);
            statement.execute("update session_data set version = version + 1 where id = 'middle'");
            CompletableFuture<Integer> ended =
                    CompletableFuture.supplyAsync(() -> repository.deleteByPrincipal("robin", null));
            while (!isBlocked(settings, countBlocked)) {
                assertThat(ended).isNotDone();
            }
            settings.execute("update session_data set id = 'a-new-one' where id = 'z-last'");
            other.commit();

            assertThat(ended.get()).isEqualTo(2);
            assertThat(repository.findByPrincipal("robin")).isEmpty();
        }
    }

    private static boolean isBlocked(DatabaseSettings settings, String countBlocked) throws SQLException {
        try (Connection connection = settings.connect();
                Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery(countBlocked)) {
            count.next();
            return count.getLong(1) > 0;
        }
    }
}
