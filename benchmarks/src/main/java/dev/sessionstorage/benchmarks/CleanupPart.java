package dev.sessionstorage.benchmarks;

import dev.sessionstorage.ExpiredSessionRepository;
import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.TestDatabases;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;

/**
 * Measures the cleanup of the expired half of all sessions while a live one keeps being updated: a million sessions on
 * PostgreSQL and 200,000 on H2, with five small attributes each.
 */
final class CleanupPart implements Part {

    static final String CLEANUP = "Cleanup, ";
    static final String TIME = "time";
    static final String BLOCKED = "longest update of a live row";

    private static final int BATCH = 1_000;
    private static final String LIVE = "live";

    @Override
    public void run(Settings settings, Results results) throws Exception {
        int expired = settings.quick() ? 10_000 : 500_000;
        run(JdbcPart.POSTGRESQL, TestDatabases.postgresql(), new Postgresql(), expired, settings, results);
        // Fewer sessions, because filling Spring Session's tables takes H2 longer than all the rest.
        run(JdbcPart.H2, TestDatabases.h2(), new H2(), expired / 5, settings, results);
    }

    /** The SQL by which a database generates rows. */
    private interface Dialect {
        String rows(long from, long to);

        String bytes(String hex);
    }

    private record Postgresql() implements Dialect {
        @Override
        public String rows(long from, long to) {
            return "generate_series(" + from + ", " + to + ") as r(n)";
        }

        @Override
        public String bytes(String hex) {
            return "'\\x" + hex + "'::bytea";
        }
    }

    private record H2() implements Dialect {
        @Override
        public String rows(long from, long to) {
            return "system_range(" + from + ", " + to + ") as r(n)";
        }

        @Override
        public String bytes(String hex) {
            return "X'" + hex + "'";
        }
    }

    private static void run(
            String name, DatabaseSettings database, Dialect dialect, int expired, Settings settings, Results results)
            throws Exception {
        try (ServletWebServerApplicationContext ours = Applications.sessionStorage(database);
                ServletWebServerApplicationContext theirs = Applications.springSession(database)) {
            JdbcTemplate jdbc = theirs.getBean(JdbcTemplate.class);
            ExpiredSessionRepository ourRepository = ours.getBean(ExpiredSessionRepository.class);
            JdbcIndexedSessionRepository theirRepository = theirs.getBean(JdbcIndexedSessionRepository.class);
            Rows rows = new Rows(jdbc, dialect);
            rows.insert(1, expired, System.currentTimeMillis() + TimeUnit.DAYS.toMillis(1));
            rows.insertLive();
            for (int round = 0; round < settings.rounds(); round++) {
                rows.insert((round + 1L) * expired + 1, (round + 2L) * expired, 1);
                measure(
                        CLEANUP + name,
                        Measurement.OURS,
                        round,
                        results,
                        jdbc,
                        "session_data set expires = expires + 1 where id",
                        () -> {
                            while (ourRepository.deleteExpired(BATCH) == BATCH) {}
                        });
                measure(
                        CLEANUP + name,
                        "Spring Session",
                        round,
                        results,
                        jdbc,
                        "spring_session set last_access_time = last_access_time + 1 where primary_id",
                        theirRepository::cleanUpExpiredSessions);
                rows.check(expired + 1);
            }
        }
    }

    private static void measure(
            String table,
            String contender,
            int round,
            Results results,
            JdbcTemplate jdbc,
            String update,
            Runnable cleanup)
            throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService user = Executors.newSingleThreadExecutor();
        try {
            Future<Long> longest = user.submit(() -> {
                long max = 0;
                while (!done.get()) {
                    long start = System.nanoTime();
                    jdbc.update("update " + update + " = ?", LIVE);
                    max = Math.max(max, System.nanoTime() - start);
                    LockSupport.parkNanos(1_000_000);
                }
                return max;
            });
            long start = System.nanoTime();
            cleanup.run();
            long nanos = System.nanoTime() - start;
            done.set(true);
            results.add(new Measurement(table, TIME, contender, "ms", round, nanos / 1e6));
            results.add(new Measurement(table, BLOCKED, contender, "ms", round, longest.get() / 1e6));
        } finally {
            done.set(true);
            user.shutdown();
        }
    }

    /** Fills the tables of both libraries. Expiries are in the order of the rows, as in sessions that are used and extended. */
    private record Rows(JdbcTemplate jdbc, Dialect dialect) {

        private static final String JSON =
                "{\"userId\":4711,\"locale\":\"en-GB\",\"theme\":\"dark\",\"admin\":false,\"lastPage\":\"/orders/17\"}";
        /** About the size of an attribute in Java serialization. */
        private static final String HEX = "ac".repeat(20);

        void insert(long from, long to, long expires) {
            String rows = dialect.rows(from, to);
            jdbc.execute("insert into session_data (id, data, version, created_at, expires) select 's' || n, '" + JSON
                    + "', 1, 1, n + " + expires + " from " + rows);
            jdbc.execute("insert into spring_session (primary_id, session_id, creation_time, last_access_time,"
                    + " max_inactive_interval, expiry_time) select 's' || n, 's' || n, 1, 1, 1800, n + "
                    + expires + " from "
                    + rows);
            for (String attribute : Attributes.small().keySet()) {
                jdbc.execute("insert into spring_session_attributes select 's' || n, '" + attribute + "', "
                        + dialect.bytes(HEX) + " from " + rows);
            }
            jdbc.execute("analyze");
        }

        void insertLive() {
            long expires = System.currentTimeMillis() + TimeUnit.DAYS.toMillis(1);
            jdbc.update(
                    "insert into session_data (id, data, version, created_at, expires) values (?, '{}', 1, 1, ?)",
                    LIVE,
                    expires);
            jdbc.update(
                    "insert into spring_session (primary_id, session_id, creation_time, last_access_time,"
                            + " max_inactive_interval, expiry_time) values (?, ?, 1, 1, 1800, ?)",
                    LIVE,
                    LIVE,
                    expires);
        }

        void check(long left) {
            for (String table : new String[] {"session_data", "spring_session"}) {
                Long rows = jdbc.queryForObject("select count(*) from " + table, Long.class);
                if (rows == null || rows != left) {
                    throw new IllegalStateException(table + " has " + rows + " rows, not " + left);
                }
            }
        }
    }
}
