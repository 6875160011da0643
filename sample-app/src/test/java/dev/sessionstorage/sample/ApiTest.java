package dev.sessionstorage.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ApiTest {

    private static final String COOKIE = "__Host-session";

    @LocalServerPort
    int port;

    Browser browser = new Browser(0);

    @BeforeEach
    void openBrowser() {
        browser = new Browser(port);
    }

    @Test
    void logsInCountsAndLogsOut() {
        assertThat(logIn("robin")).isEqualTo("{\"username\":\"robin\",\"count\":0}");
        assertThat(count()).isEqualTo("{\"count\":1}");
        assertThat(count()).isEqualTo("{\"count\":2}");
        assertThat(count()).isEqualTo("{\"count\":3}");
        assertThat(browser.getJson("/api/me").body()).isEqualTo("{\"username\":\"robin\",\"count\":3}");

        Map<String, String> old = Map.copyOf(browser.cookies);
        assertThat(browser.postJson("/api/logout", "").statusCode()).isEqualTo(204);
        assertThat(browser.cookies).isEmpty();

        browser.cookies.putAll(old);
        assertUnauthorized(browser.getJson("/api/me"));
    }

    @Test
    void countsWithoutALogIn() {
        assertThat(count()).isEqualTo("{\"count\":1}");
        assertThat(count()).isEqualTo("{\"count\":2}");
        assertUnauthorized(browser.getJson("/api/me"));
    }

    @Test
    void loggingInMovesTheSessionToANewId() {
        count();
        Map<String, String> before = Map.copyOf(browser.cookies);
        assertThat(logIn("grace")).isEqualTo("{\"username\":\"grace\",\"count\":1}");
        assertThat(browser.cookies).containsOnlyKeys(COOKIE).isNotEqualTo(before);

        Browser fixated = new Browser(port);
        fixated.cookies.putAll(before);
        assertUnauthorized(fixated.getJson("/api/me"));
    }

    @Test
    void loggingInAsSomebodyElseLeavesTheCountBehind() {
        logIn("robin");
        count();
        assertThat(logIn("grace")).isEqualTo("{\"username\":\"grace\",\"count\":0}");
    }

    @Test
    void logsInToTheSameAccountTwice() {
        logIn("edsger");
        assertThat(new Browser(port)
                        .postJson("/api/login", "{\"username\":\"edsger\"}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aForgedCookieIsAnonymous() {
        logIn("robin");
        browser.cookies.compute(COOKIE, (name, value) -> "x" + value);
        assertUnauthorized(browser.getJson("/api/me"));
        assertThat(count()).isEqualTo("{\"count\":1}");
    }

    @Test
    void refusesAnUnusableUsername() {
        HttpResponse<String> response = browser.postJson("/api/login", "{\"username\":\"not a name\"}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(browser.cookies).isEmpty();
    }

    @Test
    void loggingOutWithoutASessionIsNoError() {
        assertThat(browser.postJson("/api/logout", "").statusCode()).isEqualTo(204);
    }

    @Test
    void losesNoCountWhenEightThreadsCountAtOnce() throws Exception {
        logIn("robin");
        List<String> answers = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<List<String>>> results = IntStream.range(0, 8)
                    .mapToObj(thread -> threads.submit(
                            () -> IntStream.range(0, 50).mapToObj(i -> count()).toList()))
                    .toList();
            for (Future<List<String>> result : results) {
                answers.addAll(result.get());
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(answers)
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 400)
                        .mapToObj(n -> "{\"count\":" + n + "}")
                        .toList());
        assertThat(browser.getJson("/api/me").body()).isEqualTo("{\"username\":\"robin\",\"count\":400}");
    }

    private String logIn(String username) {
        HttpResponse<String> response = browser.postJson("/api/login", "{\"username\":\"" + username + "\"}");
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private String count() {
        HttpResponse<String> response = browser.postJson("/api/counter", "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    private static void assertUnauthorized(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    }
}
