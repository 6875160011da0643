package dev.sessionstorage.redis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.redis.RedisMonitor;
import dev.sessionstorage.redis.RedisProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The cost of each kind of request over real HTTP, in an application with only the starter: the commands that a real server
 * receives. Each takes at most one round trip. The commands for the principal's index share that of the record.
 */
@Timeout(60)
class RedisRoundTripTest {

    private static RedisProcess server;
    private static RedisMonitor monitor;
    private static ServletWebServerApplicationContext application;
    private static CounterClient client;

    @BeforeAll
    static void start() throws IOException {
        server = RedisProcess.start();
        monitor = new RedisMonitor(server.port());
        application = CounterApplication.start(
                "--spring.main.sources=" + Time.class.getName(),
                "--spring.data.redis.host=127.0.0.1",
                "--spring.data.redis.port=" + server.port());
        client = new CounterClient(application.getWebServer().getPort());
    }

    @AfterAll
    static void stop() throws IOException {
        application.close();
        monitor.close();
        server.close();
    }

    /** Loads the scripts first, because each unknown one costs an extra command. */
    @BeforeEach
    void loadTheScripts() throws Exception {
        String cookie = loggedIn();
        client.send("POST", "/visits", cookie);
        client.send("POST", "/advance?by=PT4M", "");
        client.send("GET", "/count", cookie);
    }

    @Test
    void aRequestThatIgnoresItsSessionTakesNone() throws Exception {
        String cookie = visited();
        assertThat(commands("GET", "/ignore", cookie, 200)).isEmpty();
        assertThat(commands("GET", "/page.css", cookie, 200)).isEmpty();
        assertThat(commands("GET", "/no-such-page", cookie, 404)).isEmpty();
    }

    @Test
    void aMissingMalformedOrForgedCookieTakesNone() throws Exception {
        String visited = visited();
        String forged = visited.substring(0, visited.indexOf('.') + 1) + "A".repeat(43);
        for (String value : List.of("", "forged.signature", "%", "%zz.a", ".", "a".repeat(5_000))) {
            String cookie = value.isEmpty() ? "" : "__Host-Http-session=" + value;
            assertThat(commands("GET", "/count", cookie, 200)).as(value).isEmpty();
        }
        assertThat(commands("GET", "/count", forged, 200)).isEmpty();
    }

    @Test
    void aReadTakesOne() throws Exception {
        assertThat(commands("GET", "/count", visited(), 200)).containsExactly("get");
        assertThat(commands("GET", "/count", loggedIn(), 200)).containsExactly("get");
    }

    @Test
    void aReadThatExtendsTheIdleTimeoutTakesTwo() throws Exception {
        String cookie = visited();
        client.send("POST", "/advance?by=PT2M", "");
        assertThat(commands("GET", "/count", cookie, 200)).containsExactly("get");
        client.send("POST", "/advance?by=PT2M", "");
        assertThat(commands("GET", "/count", cookie, 200)).containsExactly("get", "evalsha");
        assertThat(commands("GET", "/count", cookie, 200)).containsExactly("get");
    }

    @Test
    void aNewSessionTakesOne() throws Exception {
        assertThat(commands("POST", "/visits", "", 200)).containsExactly("set");
    }

    @Test
    void aChangeTakesTwo() throws Exception {
        assertThat(commands("POST", "/visits", visited(), 200)).containsExactly("get", "evalsha");
    }

    @Test
    void aChangeOfAPrincipalsSessionTakesTwoToo() throws Exception {
        // The first script adds the session to its principal's index.
        // RedisCommandsTest shows that both are sent together.
        assertThat(commands("POST", "/visits", loggedIn(), 200)).containsExactly("get", "evalsha", "evalsha");
    }

    /** A tombstone replaces the record, so that a late write does not resurrect it. */
    @Test
    void aDestroyTakesTwoAtMost() throws Exception {
        assertThat(commands("POST", "/logout", visited(), 200)).containsExactly("get", "set");
        assertThat(commands("POST", "/logout", loggedIn(), 200)).containsExactly("get", "set");
    }

    private String visited() throws Exception {
        return CounterClient.cookie(client.send("POST", "/visits", ""));
    }

    private String loggedIn() throws Exception {
        return CounterClient.cookie(client.send("POST", "/login?user=robin", ""));
    }

    private List<String> commands(String method, String path, String cookie, int status) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        List<String> commands =
                monitor.sentBy(() -> statuses.add(send(method, path, cookie).statusCode()));
        assertThat(statuses).containsExactly(status);
        return commands;
    }

    private HttpResponse<String> send(String method, String path, String cookie) {
        try {
            return client.send(method, path, cookie);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A clock with the real time until a request advances it, and a page that needs no session. */
    @RestController
    static class Time extends Clock {

        private volatile Duration offset = Duration.ZERO;

        @PostMapping("/advance")
        synchronized String advance(@RequestParam("by") Duration by) {
            offset = offset.plus(by);
            return "advanced";
        }

        @GetMapping("/ignore")
        String ignore() {
            return "ignored";
        }

        @Override
        public Instant instant() {
            return Clock.systemUTC().instant().plus(offset);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
