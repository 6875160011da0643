package dev.sessionstorage.benchmarks;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.TestDatabases;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** Two minimal applications over real HTTP, and many requests for one session. */
final class HttpPart implements Part {

    static final String HTTP = "HTTP, 16 connections, ";
    static final String HOT = "One session, 8 writers, ";

    private static final int CONNECTIONS = 16;
    private static final int SESSIONS = 300;
    private static final int WRITERS = 8;

    @Override
    public void run(Settings settings, Results results) throws Exception {
        run(JdbcPart.POSTGRESQL, TestDatabases.postgresql(), settings, results);
        run(JdbcPart.H2, TestDatabases.h2(), settings, results);
    }

    private static void run(String name, DatabaseSettings database, Settings settings, Results results)
            throws Exception {
        try (ServletWebServerApplicationContext ours = Applications.sessionStorage(database);
                ServletWebServerApplicationContext theirs = Applications.springSession(database);
                Browsers ourBrowsers = new Browsers(ours);
                Browsers theirBrowsers = new Browsers(theirs)) {
            Race race = new Race(settings, results, HTTP + name, CONNECTIONS);
            for (String path : List.of("read", "count")) {
                Map<String, Race.Work> works = new LinkedHashMap<>();
                works.put(Measurement.OURS, ourBrowsers.get("/" + path));
                works.put("Spring Session", theirBrowsers.get("/" + path));
                race.run(path, works);
            }
            Map<String, Race.Work> writers = new LinkedHashMap<>();
            writers.put(Measurement.OURS, increment(ours.getBean(SessionStorage.class)));
            writers.put("compare-and-set with retry", compareAndSet(ours.getBean(SessionDataRepository.class)));
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

    /** What a storage without a queue would do: read, change, write if nobody else has, or else the same again. */
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

    /** A connection for each thread, and sessions that they share. */
    private static final class Browsers implements AutoCloseable {

        private final List<HttpConnection> connections = new ArrayList<>();
        private final List<String> cookies = new ArrayList<>();

        Browsers(ServletWebServerApplicationContext application) throws IOException {
            var server = application.getWebServer();
            if (server == null) {
                throw new IllegalStateException("The application has no server");
            }
            for (int i = 0; i < CONNECTIONS; i++) {
                connections.add(new HttpConnection(server.getPort()));
            }
            byte[] create = HttpConnection.request("/create", "");
            for (int i = 0; i < SESSIONS; i++) {
                cookies.add(connections.get(0).send(create));
            }
        }

        Race.Work get(String path) {
            List<byte[]> requests = cookies.stream()
                    .map(cookie -> HttpConnection.request(path, cookie))
                    .toList();
            return (thread, number) -> {
                // Each thread has its own share of the sessions, as most browsers have.
                int session = (int) (thread + CONNECTIONS * (number % (SESSIONS / CONNECTIONS)));
                connections.get(thread).send(requests.get(session));
            };
        }

        @Override
        public void close() throws IOException {
            for (HttpConnection connection : connections) {
                connection.close();
            }
        }
    }
}
