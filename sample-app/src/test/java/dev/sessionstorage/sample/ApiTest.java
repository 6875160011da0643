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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

@Import(HttpSessions.class)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ApiTest {

    private static final String COOKIE = "__Host-Http-session";

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
        assertThat(fixated.getJson("/api/me").statusCode())
                .as("to be repeated with the new id")
                .isEqualTo(409);
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
        Browser second = new Browser(port);
        HttpResponse<String> response =
                second.postJson("/api/login", "{\"username\":\"edsger\",\"password\":\"" + Browser.PASSWORD + "\"}");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(second.getJson("/api/me").body()).isEqualTo("{\"username\":\"edsger\",\"count\":0}");
    }

    @Test
    void aUsernameBelongsToOneAccountInWhateverCase() {
        logIn("lynn.c");
        browser = new Browser(port);
        String upper = "{\"username\":\"LYNN.C\",\"password\":\"" + Browser.PASSWORD + "\"}";
        assertThat(browser.postJson("/api/signup", upper).statusCode()).isEqualTo(409);
        assertThat(browser.postJson("/api/login", upper).body()).isEqualTo("{\"username\":\"lynn.c\",\"count\":0}");
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
        HttpResponse<String> response =
                browser.postJson("/api/signup", "{\"username\":\"not a name\",\"password\":\"correct horse\"}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(browser.cookies).isEmpty();
    }

    @Test
    void refusesAWrongPasswordAndAUsernameThatIsTaken() {
        logIn("barbara.l");
        browser = new Browser(port);
        String wrong = "{\"username\":\"barbara.l\",\"password\":\"something else\"}";
        assertUnauthorized(browser.postJson("/api/login", wrong));
        assertUnauthorized(browser.postJson("/api/login", wrong.replace("barbara.l", "nobody")));
        assertThat(browser.postJson("/api/signup", wrong).statusCode()).isEqualTo(409);
        assertThat(browser.cookies).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/counter", "/api/logout", "/api/login"})
    void whatAnotherSitesFormCanSendNeedsACsrfToken(String path) {
        logIn("ada.l");
        Map<String, String> before = Map.copyOf(browser.cookies);
        assertThat(browser.postAlone(path, Map.of("a", "b")).statusCode()).isEqualTo(403);
        assertThat(browser.cookies).isEqualTo(before);
        assertThat(browser.getJson("/api/me").body()).isEqualTo("{\"username\":\"ada.l\",\"count\":0}");
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
        HttpResponse<String> response = browser.logInByJson(username);
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 201);
        return response.body();
    }

    @AfterEach
    void noHttpSession() {
        assertThat(HttpSessions.CREATED).isEmpty();
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
