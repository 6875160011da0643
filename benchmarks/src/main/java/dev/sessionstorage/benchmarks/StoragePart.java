package dev.sessionstorage.benchmarks;

import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.TestDatabases;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.session.SessionRepository;

/**
 * Measures bytes on PostgreSQL: those of a new session in tables and indexes, and those of each change of an attribute in the
 * log (WAL).
 */
final class StoragePart implements Part {

    static final String STORAGE = "Bytes per session, PostgreSQL";
    static final String LOG = "Log per change, PostgreSQL";
    static final String SMALL = "5 small attributes";
    static final String LARGE = "10 of 100 bytes";

    @Override
    public void run(Settings settings, Results results) throws Exception {
        int sessions = settings.quick() ? 2_000 : 20_000;
        measure(SMALL, Attributes.small(), sessions, results);
        measure(LARGE, Attributes.texts(10), sessions, results);
    }

    private static void measure(String row, Map<String, Object> attributes, int sessions, Results results)
            throws SQLException {
        DatabaseSettings database = TestDatabases.postgresql();
        try (ServletWebServerApplicationContext ours = Applications.sessionStorage(database);
                ServletWebServerApplicationContext theirs = Applications.springSession(database)) {
            Contender us = new SessionStorageContender(ours.getBean(SessionStorage.class), attributes);
            Contender them = JdbcPart.springSession(theirs.getBean(SessionRepository.class), attributes);
            List<String> ourKeys = create(us, sessions);
            List<String> theirKeys = create(them, sessions);
            JdbcTemplate jdbc = theirs.getBean(JdbcTemplate.class);
            double our = size(jdbc, "session_data");
            double their = size(jdbc, "spring_session") + size(jdbc, "spring_session_attributes");
            results.add(new Measurement(STORAGE, row, us.name(), "bytes", 0, our / sessions));
            results.add(new Measurement(STORAGE, row, them.name(), "bytes", 0, their / sessions));
            results.add(new Measurement(LOG, row, us.name(), "bytes", 0, logPerChange(jdbc, us, ourKeys)));
            results.add(new Measurement(LOG, row, them.name(), "bytes", 0, logPerChange(jdbc, them, theirKeys)));
        }
    }

    private static List<String> create(Contender contender, int sessions) {
        return IntStream.range(0, sessions).mapToObj(i -> contender.create()).toList();
    }

    /** Measures the second change of each session, because the first one finds pages that are full of new rows. */
    private static double logPerChange(JdbcTemplate jdbc, Contender contender, List<String> keys) {
        keys.forEach(key -> contender.change(key, 1));
        String begin = jdbc.queryForObject("select pg_current_wal_insert_lsn()::text", String.class);
        keys.forEach(key -> contender.change(key, 2));
        Double bytes =
                jdbc.queryForObject("select pg_current_wal_insert_lsn() - cast(? as pg_lsn)", Double.class, begin);
        return Objects.requireNonNull(bytes) / keys.size();
    }

    private static double size(JdbcTemplate jdbc, String table) {
        Long bytes = jdbc.queryForObject("select pg_total_relation_size('" + table + "')", Long.class);
        return bytes == null ? 0 : bytes;
    }
}
