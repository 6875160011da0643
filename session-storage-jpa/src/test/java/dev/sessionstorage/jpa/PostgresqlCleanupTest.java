package dev.sessionstorage.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.test.MutableClock;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The effects of a cleanup batch on its transaction. */
class PostgresqlCleanupTest {

    /** With a limit of one, the batch ends between two rows of one expiry, so the other statement runs. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aBatchDoesNotWaitForTheDiskAndLeavesTheConnectionAsItWas(int limit) throws SQLException {
        MutableClock clock = new MutableClock();
        try (Persistence persistence = Persistence.on(TestDatabases.postgresql());
                Connection connection = persistence.settings.connect();
                Statement statement = connection.createStatement()) {
            SessionData data = SessionData.fromJson(
                    "{}", 0, clock.instant(), null, clock.instant().plus(Duration.ofHours(1)));
            JpaSessionDataRepository repository = new JpaSessionDataRepository(persistence.factory, clock);
            repository.createData(data, data.expires());
            repository.createData(data, data.expires());
            clock.advance(Duration.ofHours(1));
            statement.execute("set synchronous_commit = on");
            connection.setAutoCommit(false);

            assertThat(new PostgresqlCleanup("session_data", "expires")
                            .deleteExpired(connection, clock.millis(), limit))
                    .isEqualTo(limit);
            assertThat(synchronousCommit(statement)).isEqualTo("off");
            connection.commit();

            assertThat(synchronousCommit(statement)).isEqualTo("on");
        }
    }

    private static String synchronousCommit(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("show synchronous_commit")) {
            row.next();
            return row.getString(1);
        }
    }
}
