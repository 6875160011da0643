package dev.sessionstorage.benchmarks;

import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.RoundTripProxy;
import dev.sessionstorage.jpa.TestDatabases;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** Measures two minimal applications over real HTTP. */
final class HttpPart implements Part {

    static final String HTTP = "HTTP, 16 connections, ";

    /** The number of HTTP connections; each application's database pool has the same size. */
    static final int CONNECTIONS = 16;

    private static final int SESSIONS = 300;
    private static final int WARM_UPS = 6;

    @Override
    public void run(Settings settings, Results results) throws Exception {
        DatabaseSettings postgresql = TestDatabases.postgresql();
        run(JdbcPart.POSTGRESQL, postgresql, settings, results);
        try (RoundTripProxy proxy = new RoundTripProxy(postgresql, JdbcPart.DELAY)) {
            run(JdbcPart.DELAYED, proxy.settings(), settings, results);
        }
        DatabaseSettings h2 = TestDatabases.h2();
        run(JdbcPart.H2, h2, settings, results);
        h2.execute(JdbcPart.FREE_H2);
    }

    private static void run(String name, DatabaseSettings database, Settings settings, Results results)
            throws Exception {
        try (ServletWebServerApplicationContext ours = Applications.sessionStorage(database);
                ServletWebServerApplicationContext theirs = Applications.springSession(database);
                Browsers ourBrowsers = new Browsers(ours);
                Browsers theirBrowsers = new Browsers(theirs)) {
            Race race = new Race(settings, results, HTTP + name, CONNECTIONS, WARM_UPS);
            Map<String, Race.Work> reads = works(ourBrowsers, theirBrowsers, "/read");
            Contender rows = ours.getBean(RawJdbcContender.class);
            List<String> ids = sessions(rows);
            Contender byHand = ours.getBean(HandWrittenContender.class);
            List<String> cookies = sessions(byHand);
            reads.put(rows.name(), ourBrowsers.get("/row", ids));
            reads.put(byHand.name(), ourBrowsers.get("/by-hand", cookies));
            reads.put("without a session", ourBrowsers.get("/nothing"));
            race.run("read", reads);
            Map<String, Race.Work> counts = works(ourBrowsers, theirBrowsers, "/count");
            counts.put(rows.name(), ourBrowsers.get("/change-row", ids));
            counts.put(byHand.name(), ourBrowsers.get("/change-by-hand", cookies));
            race.run("count", counts);
        }
    }

    private static List<String> sessions(Contender contender) {
        return Stream.generate(contender::create).limit(SESSIONS).toList();
    }

    private static Map<String, Race.Work> works(Browsers ours, Browsers theirs, String path) {
        Map<String, Race.Work> works = new LinkedHashMap<>();
        works.put(Measurement.OURS, ours.get(path));
        works.put(Goal.SPRING_SESSION, theirs.get(path));
        return works;
    }

    /** One connection per thread, and the sessions of all threads. */
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
            return get(path, cookies);
        }

        Race.Work get(String path, List<String> headers) {
            List<byte[]> requests = headers.stream()
                    .map(cookie -> HttpConnection.request(path, cookie))
                    .toList();
            return (thread, number) -> {
                // Each thread uses its own share of the sessions, as most browsers do.
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
