package dev.sessionstorage.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.Sessions;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

/** Requests from older tabs, of ended sessions, with bad luck or with bad intent. */
@Import(HttpSessions.class)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class FaultsTest {

    @LocalServerPort
    int port;

    @Autowired
    JdbcTemplate jdbc;

    @Autowired
    Sessions sessions;

    Browser browser = new Browser(0);

    @BeforeEach
    void openBrowser() {
        browser = new Browser(port);
    }

    @AfterEach
    void noHttpSession() {
        assertThat(HttpSessions.CREATED).isEmpty();
    }

    @Test
    void aFormNeedsItsToken() {
        browser.signUp("Annie", "annie");
        browser.site = "same-site";
        HttpResponse<String> response = browser.postAlone("/basket/ink/plus", Map.of("_csrf", "made-up"));
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).contains("That page was out of date");
        assertThat(browser.get("/basket").body()).contains("There is nothing in it yet.");
    }

    @ParameterizedTest
    @CsvSource({
        "/basket/ink/plus, /?ended, Please try once more.",
        "/session/count, /session?ended, Please try once more.",
        "/session/destroy, /session?ended, Please try once more.",
        "/stamps, /stamps?ended, Please try once more.",
        "/stamps/new, /stamps?ended, Please try once more.",
        "/account/devices/end-others, /account/devices?ended, Please try once more.",
        "/logout, /?ended, Please try once more."
    })
    void aFormOfAnOlderTabDoesNothingAndSaysSo(String path, String next, String message) {
        browser.logInByJson("olga");
        browser.get("/session");
        HttpResponse<String> redirect = browser.postAlone(path, Map.of("_csrf", "of the session before"));
        assertThat(Browser.location(redirect)).endsWith(next);
        assertThat(browser.follow(redirect).body()).contains(message, "Account of </span><span>olga</span>");
    }

    /** The session has issued another token or none, or has ended. */
    @ParameterizedTest
    @ValueSource(strings = {"another", "none", "ended"})
    void aNoteOfAnOlderTabIsKept(String token) {
        String username = "nora." + token;
        browser.logInByJson(username);
        if (token.equals("another")) {
            browser.get("/session");
        }
        if (token.equals("ended")) {
            sessions.endAll(username);
        }
        Map<String, String> form = Map.of("_csrf", "of the session before", "packingNote", "No plastic");
        HttpResponse<String> redirect = browser.postAlone("/account", form);
        if (token.equals("ended")) {
            browser.follow(redirect);
            browser.logIn(username);
        }
        assertThat(browser.get("/account").body()).contains("It is not saved yet.", "No plastic</textarea>");
        assertThat(browser.get("/account").body()).doesNotContain("No plastic");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cross-site", "same-site", "none"})
    void nobodyElsesFormIsKept(String site) {
        browser.logInByJson("nora.else");
        browser.site = site;
        Map<String, String> form = Map.of("_csrf", "made up", "packingNote", "planted");
        assertThat(browser.postAlone("/account", form).statusCode()).isEqualTo(403);
        assertThat(browser.get("/account").body()).doesNotContain("planted");
    }

    @Test
    void peopleGetAPageWhileTheStoreFailsAndFilesNeedNoSession() {
        browser.logInByJson("marie");
        String token = Browser.token(browser.get("/session"));
        Map<String, String> form = Map.of("_csrf", token, "username", "marie", "password", Browser.PASSWORD);
        jdbc.execute("alter table session_data rename to session_elsewhere");
        try {
            assertThat(browser.get("/shop.css").statusCode()).isEqualTo(200);
            assertThat(browser.get("/nowhere").body()).contains("This page is blank");
            assertThat(List.of(
                            browser.get("/basket"),
                            browser.get("/account"),
                            browser.postAlone("/basket/ink/plus", form),
                            browser.postAlone("/login", form),
                            browser.postAlone("/logout", form)))
                    .allSatisfy(page -> {
                        assertThat(page.statusCode()).isEqualTo(503);
                        assertThat(page.body()).contains("Something went wrong", "Please try again in a moment.");
                    });
            assertThat(browser.getJson("/api/me").body()).startsWith("{").contains("503");
        } finally {
            jdbc.execute("alter table session_elsewhere rename to session_data");
        }
        assertThat(browser.get("/account").body()).contains("<dd>marie</dd>");
    }

    @Test
    void aMessageThatWaitsForThePageAfterARedirectWaitsThroughAnError() {
        browser.signUp("Grete", "grete");
        jdbc.execute("alter table session_data rename to session_elsewhere");
        try {
            assertThat(browser.get("/").body()).contains("Something went wrong", "Please try again in a moment.");
        } finally {
            jdbc.execute("alter table session_elsewhere rename to session_data");
        }
        assertThat(browser.get("/nowhere").body()).contains("This page is blank");
        assertThat(browser.get("/").body()).contains("Welcome, Grete.");
    }

    @Test
    void aWrongPasswordIsNotBlamedForADatabaseThatFails() {
        browser.signUp("Thelma", "thelma");
        browser = new Browser(port);
        jdbc.execute("alter table account rename to account_elsewhere");
        try {
            HttpResponse<String> page = browser.logIn("thelma");
            assertThat(page.statusCode()).isEqualTo(503);
            assertThat(page.body()).contains("Something went wrong").doesNotContain("do not match");
            HttpResponse<String> json = browser.postJson(
                    "/api/login", "{\"username\":\"thelma\",\"password\":\"" + Browser.PASSWORD + "\"}");
            assertThat(json.statusCode()).isEqualTo(503);
            assertThat(json.body()).doesNotContain("do not match", "select", "account_");
        } finally {
            jdbc.execute("alter table account_elsewhere rename to account");
        }
        assertThat(Browser.location(browser.logIn("thelma"))).endsWith("/");
    }

    @Test
    void aFormOfAnEndedSessionThatNeedsNoLoginLeadsToTheShop() {
        browser.signUp("Ida", "ida");
        jdbc.update("delete from session_data where principal = 'ida'");
        HttpResponse<String> redirect = browser.postAlone("/basket/ink/plus", Map.of("_csrf", "of the ended one"));
        assertThat(browser.follow(redirect).body()).contains("Your session had ended, so that was not done.");
    }

    @Test
    void whatAnotherSiteSendsWithoutTheCookieIsNotKept() {
        browser.site = "cross-site";
        HttpResponse<String> redirect = browser.postAlone("/signup", Map.of("username", "planted"));
        assertThat(redirect.headers().firstValue("Location"))
                .get(InstanceOfAssertFactories.STRING)
                .endsWith("/signup?ended");
        assertThat(browser.follow(redirect).body()).doesNotContain("planted");
    }

    @Test
    void aDeviceOfSomebodyElseCannotBeSignedOut() {
        browser.signUp("Rosa", "rosa");
        String handle = sessions.list("rosa", null).get(0).handle();
        browser = new Browser(port);
        browser.signUp("Lise", "lise");
        HttpResponse<String> redirect = browser.post("/account/devices/end", Map.of("handle", handle));
        assertThat(browser.follow(redirect).body()).contains("That device was signed out already.");
        assertThat(sessions.list("rosa", null)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere", "/basket/nothing/plus"})
    void answersPeopleWithAPageWhereThereIsNothing(String path) {
        HttpResponse<String> response = path.endsWith("plus") ? browser.post(path, Map.of()) : browser.get(path);
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("This page is blank");
        assertThat(browser.getJson("/api/nowhere").headers().firstValue("Content-Type"))
                .contains("application/problem+json");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /basket/ink/plus, 405",
        "GET, /stamps/new, 405",
        "GET, /session/count, 405",
        "POST, /, 405",
        "POST, /account/devices/end, 400",
        "POST, /stamps?name=x, 422",
        "POST, /basket/ink/plus?shop=maybe, 400"
    })
    void answersPeopleWithAPageWhateverIsWrong(String method, String path, int status) {
        browser.signUp("Erna", "erna" + path.replaceAll("\\W", ""));
        HttpResponse<String> response = method.equals("GET") ? browser.get(path) : browser.post(path, Map.of());
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type"))
                .get(InstanceOfAssertFactories.STRING)
                .startsWith("text/html");
        assertThat(response.body()).contains("<h1>", "Back to the shop");
    }
}
