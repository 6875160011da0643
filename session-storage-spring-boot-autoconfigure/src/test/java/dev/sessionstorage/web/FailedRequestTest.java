package dev.sessionstorage.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Over real HTTP, a failed request changes no session, and a failed commit never returns 200. */
@SpringBootTest(
        classes = TestApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "session.cookie.secrets=0123456789abcdef0123456789abcdef")
class FailedRequestTest {

    @Autowired
    private CountingRepository repository;

    private final Browser browser;

    FailedRequestTest(@LocalServerPort int port) {
        browser = new Browser(port, "");
    }

    @BeforeEach
    void forgetCounts() {
        repository.counts();
    }

    @AfterEach
    void repair() {
        repository.down = false;
        TestApplication.CAUGHT.set(null);
    }

    @ParameterizedTest
    @CsvSource({"/unhandled, 500", "/send-error?status=500, 500", "/send-error?status=503, 503"})
    void aRequestThatFailedCommitsNothing(String path, int status) throws Exception {
        HttpResponse<String> response = browser.get(path);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(Browser.setCookies(response)).isEmpty();
        assertThat(repository.counts()).isEqualTo("0/0");
    }

    @Test
    void aRequestThatFailedLeavesAnExistingSessionAsItWas() throws Exception {
        browser.get("/body");
        browser.get("/unhandled");
        assertThat(browser.get("/read").body()).isEqualTo("1");
    }

    /** The error page opens the session under its new id, which the response sets. */
    @Test
    void aRequestThatFailsAfterItsSessionHasMovedFails() throws Exception {
        browser.get("/body");
        HttpResponse<String> response = browser.get("/rotate-and-fail", "text/html");

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.headers().firstValue("Refresh")).isEmpty();
        assertThat(Browser.setCookies(response)).hasSize(1);
        assertThat(browser.get("/read").body()).isEqualTo("1");
    }

    /** The error dispatch is always a GET, and the error page uses the session. */
    @ParameterizedTest
    @CsvSource({"GET, 1", "POST,"})
    void aBrowserRepeatsNothingButAPage(String method, @Nullable String refresh) throws Exception {
        browser.get("/body");
        String moved = browser.cookie();
        browser.get("/rotate");

        HttpResponse<String> response = new Browser(browser.port(), moved).send(method, "/body", "text/html");
        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(response.headers().firstValue("Refresh").orElse(null)).isEqualTo(refresh);
    }

    @Test
    void aRefusedRequestCommits() throws Exception {
        HttpResponse<String> response = browser.get("/send-error?status=403");
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(Browser.setCookies(response)).hasSize(1);
        assertThat(browser.get("/read").body()).isEqualTo("1");
    }

    @Test
    void whoAcceptsAnythingGetsAProblemDetail() throws Exception {
        browser.get("/body");
        assertThat(browser.get("/conflict", "*/*").headers().firstValue("Content-Type"))
                .hasValue("application/problem+json");
    }

    @ParameterizedTest
    @CsvSource({"/conflict, 409, Conflict", "/conflict-at-the-end, 409, Conflict", "/gone, 401, Unauthorized"})
    void aProgramGetsAProblemDetail(String path, int status, String title) throws Exception {
        browser.get("/body");
        HttpResponse<String> response = browser.get(path, "application/json");
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(response.body()).contains("\"title\":\"" + title + "\"", "\"status\":" + status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"})
    void aBrowserGetsTheErrorPage(String accept) throws Exception {
        browser.get("/body");
        HttpResponse<String> response = browser.get("/conflict", accept);
        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/html"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/conflict", "/conflict-in-view", "/conflict-at-the-end"})
    void aConflictIs409AndNothingIsWritten(String path) throws Exception {
        browser.get("/body");
        HttpResponse<String> response = browser.get(path);
        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(response.body()).doesNotContain("not to be seen");
        assertThat(browser.get("/read").body()).isEqualTo("100");
    }

    @Test
    void aSessionThatEndedMeanwhileIs401AndSetsNoCookie() throws Exception {
        browser.get("/body");
        HttpResponse<String> response = browser.get("/gone");
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(Browser.setCookies(response)).isEmpty();
        assertThat(browser.get("/read").body()).isEqualTo("null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/read", "/body", "/view", "/redirect", "/no-content", "/flush", "/length"})
    void aStoreThatIsDownIs503NeverAnAnonymousSession(String path) throws Exception {
        browser.get("/body");
        String cookie = browser.cookie();
        repository.down = true;
        HttpResponse<String> response = browser.get(path);
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(Browser.setCookies(response)).isEmpty();
        assertThat(browser.cookie()).isEqualTo(cookie);
    }

    @Test
    void aStoreThatIsDownIsAskedOnceThoughTheErrorPageNeedsTheSession() throws Exception {
        browser.get("/body");
        repository.down = true;
        repository.counts();
        HttpResponse<String> response = browser.get("/read", "text/html");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).isEqualTo("Sessions are unavailable at the moment. Try again.");
        assertThat(repository.counts()).isEqualTo("1/0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/body", "/explicit"})
    void aWriteWhoseAnswerIsLostIsNotDoneAgain(String path) throws Exception {
        browser.get("/body");
        repository.unanswered = true;
        assertThat(browser.get(path).statusCode()).isEqualTo(503);
        assertThat(browser.get("/read").body()).isEqualTo("2");
    }

    @Test
    void aStoreThatIsDownDoesNotMatterToRequestsWithoutASession() throws Exception {
        repository.down = true;
        assertThat(browser.get("/ignore").statusCode()).isEqualTo(200);
        assertThat(browser.get("/read").statusCode()).isEqualTo(200);
    }

    @Test
    void aChangeAfterTheResponseHasBeenCommittedIsAClearError() throws Exception {
        assertThat(browser.get("/late-change").body()).isEqualTo("early");
        assertThat(TestApplication.CAUGHT.get())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("The response has been committed");
        assertThat(browser.get("/read").body()).isEqualTo("1");
    }
}
