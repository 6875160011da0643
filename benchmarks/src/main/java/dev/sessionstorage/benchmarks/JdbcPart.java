package dev.sessionstorage.benchmarks;

import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.RoundTripProxy;
import dev.sessionstorage.jpa.TestDatabases;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.session.SessionRepository;

/** Measures throughput on databases, against Spring Session JDBC and raw JDBC, with pools of the same size. */
final class JdbcPart implements Part {

    static final String POSTGRESQL = "PostgreSQL";
    static final String DELAYED = "PostgreSQL, 0.5 ms per round trip";
    static final String H2 = "H2";

    /** Frees the rows that H2 keeps in this JVM's heap, because a later part measures the heap. */
    static final String FREE_H2 = "shutdown";

    static final Duration DELAY = Duration.ofNanos(500_000);

    @Override
    public void run(Settings settings, Results results) throws Exception {
        DatabaseSettings postgresql = TestDatabases.postgresql();
        race(POSTGRESQL, postgresql, settings, results);
        try (RoundTripProxy proxy = new RoundTripProxy(postgresql, DELAY)) {
            race(DELAYED, proxy.settings(), settings, results);
        }
        DatabaseSettings h2 = TestDatabases.h2();
        race(H2, h2, settings, results);
        h2.execute(FREE_H2);
    }

    private static void race(String table, DatabaseSettings database, Settings settings, Results results)
            throws Exception {
        Map<String, Object> attributes = Attributes.texts(5);
        try (ServletWebServerApplicationContext ours = Applications.sessionStorage(database);
                ServletWebServerApplicationContext theirs = Applications.springSession(database)) {
            RawContender raw = new RawJdbcContender(ours.getBean(DataSource.class), attributes);
            List<Contender> contenders = List.of(
                    new SessionStorageContender(ours.getBean(SessionStorage.class), attributes),
                    springSession(theirs.getBean(SessionRepository.class), attributes),
                    raw,
                    new HandWrittenContender(raw, attributes));
            new StoreRace(settings, results, contenders).run(table);
        }
    }

    static Contender springSession(SessionRepository<?> repository, Map<String, Object> attributes) {
        return new SpringSessionContender<>(repository, attributes);
    }
}
