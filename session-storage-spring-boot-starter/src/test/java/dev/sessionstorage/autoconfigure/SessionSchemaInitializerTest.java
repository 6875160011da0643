package dev.sessionstorage.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.TestDatabases;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Creating the table on PostgreSQL while other nodes are working or starting too. */
@Timeout(60)
class SessionSchemaInitializerTest {

    private final DatabaseSettings database = TestDatabases.postgresql();

    @Test
    void aStartDoesNotWaitForATransactionThatHasWrittenASession() throws SQLException {
        initialize("");
        try (Connection other = database.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "insert into session_data (id, data, version, created_at, expires) values ('a', '{}', 0, 0, 0)");

            initialize("?options=-c%20lock_timeout=100ms");
        }
    }

    @RepeatedTest(20)
    void twoNodesThatStartAtOnceBothCreateTheTable() throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> nodes = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                nodes.add(threads.submit(() -> {
                    start.await();
                    initialize("");
                    return null;
                }));
            }
            for (Future<?> node : nodes) {
                node.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(indexes())
                .containsExactlyInAnyOrder("session_data_pkey", "session_data_principal", "session_data_expires");
    }

    private void initialize(String options) {
        DriverManagerDataSource dataSource =
                new DriverManagerDataSource(database.url() + options, database.username(), database.password());
        new SessionSchemaInitializer(dataSource, DatabaseInitializationMode.ALWAYS, UnaryOperator.identity())
                .initializeDatabase();
    }

    private List<String> indexes() throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("select indexname from pg_indexes where tablename = 'session_data'")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }
}
