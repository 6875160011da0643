package dev.sessionstorage.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import dev.sessionstorage.SessionData;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Five nodes clean up a hundred thousand expired sessions among as many live ones, while one live session is in use. */
@Timeout(300)
class CleanupTest {

    private static final int NODES = 5;
    private static final int ROWS = 100_000;
    private static final int BATCH = 1_000;

    @Test
    void onH2() throws Exception {
        cleanUp(TestDatabases.h2(), "system_range(1, " + ROWS + ")", "x");
    }

    @Test
    void onPostgresql() throws Exception {
        cleanUp(TestDatabases.postgresql(), "generate_series(1, " + ROWS + ") as t(x)", "x");
    }

    @Test
    @Tag("mariadb")
    void onMariadb() throws Exception {
        cleanUp(TestDatabases.mariadb(), "seq_1_to_" + ROWS, "seq");
    }

    @Test
    void onH2AtRepeatableRead() throws Exception {
        cleanUp(TestDatabases.h2(), "system_range(1, " + ROWS + ")", "x", CleanupTest::repeatableRead);
    }

    @Test
    void onPostgresqlAtRepeatableRead() throws Exception {
        cleanUp(
                TestDatabases.postgresql(),
                "generate_series(1, " + ROWS + ") as t(x)",
                "x",
                CleanupTest::repeatableRead);
    }

    private static void repeatableRead(HikariConfig pool) {
        pool.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
    }

    private static void cleanUp(DatabaseSettings settings, String numbers, String number) throws Exception {
        cleanUp(settings, numbers, number, pool -> {});
    }

    private static void cleanUp(
            DatabaseSettings settings, String numbers, String number, Consumer<HikariConfig> poolSettings)
            throws Exception {
        List<Persistence> nodes = new ArrayList<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            for (int i = 0; i < NODES; i++) {
                nodes.add(Persistence.on(settings, pool -> {
                    pool.setMaximumPoolSize(2);
                    poolSettings.accept(pool);
                }));
            }
            long future = Clock.systemUTC().millis() + Duration.ofDays(1).toMillis();
            settings.execute(insert("expired", numbers, number, 1_000) + ";" + insert("live", numbers, number, future));
            JpaSessionDataRepository live = repository(nodes.get(0));
            SessionData data = SessionData.fromJson(
                    "{}",
                    0,
                    Clock.systemUTC().instant(),
                    null,
                    Clock.systemUTC().instant().plus(Duration.ofDays(1)));
            String used = live.createData(data, data.expires());

            CyclicBarrier start = new CyclicBarrier(NODES + 1);
            List<Future<Integer>> cleaning = nodes.stream()
                    .map(node -> threads.submit(() -> {
                        start.await();
                        return deleteAll(repository(node));
                    }))
                    .toList();
            start.await();
            long version = 0;
            while (!cleaning.stream().allMatch(Future::isDone)) {
                assertThat(live.updateData(used, withVersion(data, version++), data.expires()))
                        .isTrue();
            }
            int deleted = 0;
            for (Future<Integer> one : cleaning) {
                deleted += one.get();
            }
            deleted += deleteAll(live);

            assertThat(deleted).isEqualTo(ROWS);
            assertThat(count(settings, "id like 'expired%'")).isZero();
            assertThat(count(settings, "id like 'live%'")).isEqualTo(ROWS);
            assertThat(version).isPositive();
        } finally {
            threads.shutdownNow();
            nodes.forEach(Persistence::close);
        }
    }

    private static String insert(String prefix, String numbers, String number, long expires) {
        return "insert into session_data (id, data, version, created_at, expires) select concat('" + prefix + "', "
                + number + "), '{}', 0, 0, " + expires + " from " + numbers;
    }

    private static SessionData withVersion(SessionData data, long version) {
        return SessionData.fromJson(data.toJson(), version, data.createdAt(), null, data.expires());
    }

    /** Deletes until a batch is not full: then none are left for this node. */
    private static int deleteAll(JpaSessionDataRepository repository) {
        int deleted = 0;
        int batch;
        do {
            batch = repository.deleteExpired(BATCH);
            deleted += batch;
        } while (batch == BATCH);
        return deleted;
    }

    private static JpaSessionDataRepository repository(Persistence node) {
        return new JpaSessionDataRepository(node.factory, Clock.systemUTC());
    }

    private static int count(DatabaseSettings settings, String condition) throws SQLException {
        try (Connection connection = settings.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select count(*) from session_data where " + condition)) {
            result.next();
            return result.getInt(1);
        }
    }
}
