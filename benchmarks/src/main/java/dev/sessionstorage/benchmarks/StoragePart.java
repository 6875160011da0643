package dev.sessionstorage.benchmarks;

import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.TestDatabases;
import java.sql.SQLException;
import java.util.Map;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.session.SessionRepository;

/** Bytes that a session takes on PostgreSQL, in tables and indexes, when it has just been created. */
final class StoragePart implements Part {

    static final String STORAGE = "Bytes per session, PostgreSQL";
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
            for (int i = 0; i < sessions; i++) {
                us.create();
                them.create();
            }
            JdbcTemplate jdbc = theirs.getBean(JdbcTemplate.class);
            double our = size(jdbc, "session_data");
            double their = size(jdbc, "spring_session") + size(jdbc, "spring_session_attributes");
            results.add(new Measurement(STORAGE, row, us.name(), "bytes", 0, our / sessions));
            results.add(new Measurement(STORAGE, row, them.name(), "bytes", 0, their / sessions));
        }
    }

    private static double size(JdbcTemplate jdbc, String table) {
        Long bytes = jdbc.queryForObject("select pg_total_relation_size('" + table + "')", Long.class);
        return bytes == null ? 0 : bytes;
    }
}
