package dev.sessionstorage.redis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** Two applications with nothing but the starter, over one Redis and real HTTP. */
@Timeout(120)
class RedisStarterTest {

    private static final int CLIENTS = 8;
    private static final int INCREMENTS = 500;

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final List<ServletWebServerApplicationContext> NODES = new ArrayList<>();

    @BeforeAll
    static void start() {
        NODES.add(CounterApplication.start());
        NODES.add(CounterApplication.start());
    }

    @AfterAll
    static void stop() {
        NODES.forEach(ServletWebServerApplicationContext::close);
    }

    @Test
    void noIncrementOfOneSessionOnTwoNodesIsLost() throws Exception {
        String cookie = cookie(send(0, "POST", "/count", ""));
        long start = System.nanoTime();

        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        List<Future<Integer>> done = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            int node = client % NODES.size();
            done.add(clients.submit(() -> increment(node, cookie)));
        }
        int increments = 0;
        for (Future<Integer> client : done) {
            increments += client.get();
        }
        clients.shutdown();

        System.out.printf(
                "%d of %d increments in %d ms%n",
                increments, CLIENTS * INCREMENTS, (System.nanoTime() - start) / 1_000_000);
        assertThat(increments).isEqualTo(CLIENTS * INCREMENTS);
        assertThat(send(1, "GET", "/count", cookie).body()).isEqualTo(String.valueOf(1 + increments));
    }

    @Test
    void aSessionMovesBetweenNodesThroughLoginAndLogout() throws Exception {
        String anonymous = cookie(send(0, "POST", "/count", ""));
        String loggedIn = cookie(send(1, "POST", "/login", anonymous));

        assertThat(send(0, "GET", "/count", loggedIn).body()).isEqualTo("1");
        assertThat(send(0, "GET", "/count", anonymous).body()).isEqualTo("null");

        HttpResponse<String> bye = send(0, "POST", "/logout", loggedIn);
        assertThat(bye.headers().firstValue("Set-Cookie").orElse("")).contains("Max-Age=0");
        assertThat(send(1, "GET", "/count", loggedIn).body()).isEqualTo("null");
    }

    private static int increment(int node, String cookie) throws IOException, InterruptedException {
        int done = 0;
        for (int i = 0; i < INCREMENTS; i++) {
            if (send(node, "POST", "/count", cookie).statusCode() == 200) {
                done++;
            }
        }
        return done;
    }

    private static HttpResponse<String> send(int node, String method, String path, String cookie)
            throws IOException, InterruptedException {
        int port = NODES.get(node).getWebServer().getPort();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String cookie(HttpResponse<String> response) {
        String header = response.headers().firstValue("Set-Cookie").orElseThrow();
        return header.substring(0, header.indexOf(';'));
    }
}
