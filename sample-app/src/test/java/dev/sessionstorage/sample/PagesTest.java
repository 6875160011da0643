package dev.sessionstorage.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class PagesTest {

    @LocalServerPort
    int port;

    Browser browser = new Browser(0);

    @BeforeEach
    void openBrowser() {
        browser = new Browser(port);
    }

    @Test
    void showsTheWelcomeOnceAfterSigningUp() {
        HttpResponse<String> redirect = signUp("Barbara", "barbara");
        assertThat(redirect.statusCode()).isBetween(302, 303);

        assertThat(browser.follow(redirect).body()).contains("Welcome, Barbara.", "Hello, <span>Barbara</span>");
        assertThat(browser.get("/").body()).doesNotContain("Welcome, Barbara.").contains("Hello, <span>Barbara</span>");
    }

    @Test
    void theBasketIsFilledEmptiedAndKeptThroughTheLogIn() {
        HttpResponse<String> added = browser.post("/basket/ink/plus", Map.of("shop", "true"));
        assertThat(browser.follow(added).body()).contains("Bottled ink added to your basket.");
        browser.post("/basket/ink/plus", Map.of());
        browser.post("/basket/tape/plus", Map.of());
        signUp("Margaret", "margaret");
        assertThat(browser.get("/basket").body()).contains("€36.00", "€40.20");

        HttpResponse<String> removed = browser.post("/basket/tape/minus", Map.of());
        assertThat(browser.follow(removed).body())
                .contains("Paper tape removed from your basket.")
                .contains("<strong>€36.00</strong>");
    }

    @Test
    void loggingOutDestroysTheSessionAndItsBasket() {
        signUp("Radia", "radia");
        browser.post("/basket/ink/plus", Map.of());
        Map<String, String> old = Map.copyOf(browser.cookies);

        HttpResponse<String> redirect = browser.post("/logout", Map.of());
        assertThat(browser.cookies).isEmpty();
        assertThat(browser.follow(redirect).body()).contains("You are logged out");

        browser.cookies.putAll(old);
        assertThat(browser.get("/basket").body()).contains("There is nothing in it yet.");
        assertThat(browser.get("/").body()).doesNotContain("Radia");
    }

    @Test
    void logsInToAnAccountThatExists() {
        signUp("Sophie", "sophie");
        browser = new Browser(port);
        HttpResponse<String> redirect = browser.post("/login", Map.of("username", " sophie "));
        assertThat(browser.follow(redirect).body()).contains("Good to see you again, Sophie.");
    }

    @Test
    void explainsWhatIsWrongWithAForm() {
        signUp("Hedy", "hedy");
        browser = new Browser(port);
        assertThat(signUp("Hedy", "hedy").body()).contains("This username is taken");
        assertThat(signUp(" ", "h").body()).contains("Tell us what to call you.", "Use 2 to 32 letters");
        assertThat(browser.post("/signup", Map.of()).body()).contains("Tell us what to call you.");
        assertThat(browser.post("/login", Map.of("username", "hedi")).body()).contains("no account of that name");
        assertThat(browser.post("/login", Map.of("username", "")).body()).contains("Enter your username.");
        assertThat(browser.cookies).isEmpty();
    }

    @Test
    void theSessionPageShowsEverythingButTheId() {
        assertThat(browser.get("/session").body()).contains("New, not stored", "Nobody yet");
        assertThat(browser.cookies).isEmpty();

        signUp("Karen", "karen");
        browser.post("/session/count", Map.of());
        assertThat(browser.get("/session").body())
                .contains("Stored", "<dd>karen</dd>", "<dd class=\"count\">1</dd>", "in about 30 min")
                .doesNotContain(browser.cookies.values());
    }

    @Test
    void movesTheSessionToANewIdOnRequest() {
        browser.post("/session/count", Map.of());
        Map<String, String> before = Map.copyOf(browser.cookies);
        HttpResponse<String> redirect = browser.post("/session/rotate", Map.of());
        assertThat(browser.cookies).hasSameSizeAs(before).isNotEqualTo(before);
        assertThat(browser.follow(redirect).body()).contains("moved to a new id", "<dd class=\"count\">1</dd>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/basket", "/session", "/login", "/signup", "/shop.css", "/images/logo.svg"})
    void lookingAroundStoresNothing(String path) {
        HttpResponse<String> response = browser.get(path);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().map()).doesNotContainKey("Set-Cookie");
    }

    @Test
    void staticFilesSetNoCookieForSomebodyWhoIsLoggedIn() {
        signUp("Jean", "jean");
        assertThat(browser.get("/shop.css").headers().map()).doesNotContainKey("Set-Cookie");
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

    private HttpResponse<String> signUp(String displayName, String username) {
        return browser.post("/signup", Map.of("displayName", displayName, "username", username));
    }
}
