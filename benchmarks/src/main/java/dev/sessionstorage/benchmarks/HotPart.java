package dev.sessionstorage.benchmarks;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.TestDatabases;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** Measures many concurrent requests that all change one session. */
final class HotPart implements Part {

    static final String HOT = "One session, 8 writers, ";

    private static final int WRITERS = 8;

    @Override
    public void run(Settings settings, Results results) throws Exception {
        run(JdbcPart.POSTGRESQL, TestDatabases.postgresql(), settings, results);
        DatabaseSettings h2 = TestDatabases.h2();
        run(JdbcPart.H2, h2, settings, results);
        h2.execute(JdbcPart.FREE_H2);
    }

    private static void run(String name, DatabaseSettings database, Settings settings, Results results)
            throws Exception {
        try (ServletWebServerApplicationContext application = Applications.sessionStorage(database)) {
            Map<String, Race.Work> writers = new LinkedHashMap<>();
            writers.put(Measurement.OURS, increment(application.getBean(SessionStorage.class)));
            writers.put("compare-and-set with retry", compareAndSet(application.getBean(SessionDataRepository.class)));
            new Race(settings, results, HOT + name, WRITERS).run("increment", writers);
        }
    }

    private static Race.Work increment(SessionStorage storage) {
        Session session = storage.getSession();
        session.set("count", 0);
        String header = storage.commitSession(session);
        String cookie = header.substring(0, header.indexOf(';'));
        return (thread, number) -> {
            Session read = storage.getSession(cookie);
            read.update("count", Integer.class, n -> n == null ? 1 : n + 1);
            storage.commitSession(read);
        };
    }

    /** A storage without a queue: it reads, changes and compares-and-sets until it succeeds. */
    private static Race.Work compareAndSet(SessionDataRepository repository) {
        long now = System.currentTimeMillis();
        Instant expires = Instant.ofEpochMilli(now).plusSeconds(3_600);
        String id = repository.createData(
                SessionData.fromJson("{\"count\":0}", 0, Instant.ofEpochMilli(now), null, expires), expires);
        return (thread, number) -> {
            boolean done = false;
            while (!done) {
                SessionData read = repository.readData(id);
                if (read == null) {
                    throw new IllegalStateException("The session is gone");
                }
                String json = read.toJson();
                long count = Long.parseLong(json.substring("{\"count\":".length(), json.length() - 1));
                SessionData next = SessionData.fromJson(
                        "{\"count\":" + (count + 1) + "}", read.version(), read.createdAt(), null, expires);
                done = repository.updateData(id, next, expires);
            }
        };
    }
}
