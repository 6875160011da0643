package dev.sessionstorage.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.Sessions;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

@Import(HttpSessions.class)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class PagesTest {

    private static final String COOKIE = "__Host-session";
    private static final Pattern DESCRIBED_BY = Pattern.compile("aria-describedby=\"([^\"]+)\"");

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
        assertThat(browser.cookies).doesNotContainKey(COOKIE);
        assertThat(browser.follow(redirect).body()).contains("You are logged out, and your session is gone.");

        browser.cookies.putAll(old);
        assertThat(browser.get("/basket").body()).contains("There is nothing in it yet.");
        assertThat(browser.get("/").body()).doesNotContain("Radia");
    }

    @Test
    void logsInToAnAccountThatExists() {
        signUp("Sophie", "sophie");
        browser = new Browser(port);
        Map<String, String> before = Map.copyOf(browser.cookies);
        HttpResponse<String> redirect = browser.logIn(" sophie ");
        assertThat(browser.follow(redirect).body()).contains("Hello, <span>Sophie</span>");
        assertThat(browser.cookies).isNotEqualTo(before);
    }

    @Test
    void explainsWhatIsWrongWithAForm() {
        signUp("Hedy", "hedy");
        browser = new Browser(port);
        assertThat(signUp("Hedy", "hedy").body()).contains("This username is taken");
        assertThat(signUp(" ", "h").body()).contains("Tell us what to call you.", "Use 2 to 32 letters");
        assertThat(browser.post("/signup", Map.of()).body()).contains("Tell us what to call you.");
        assertThat(browser.post("/signup", Map.of("displayName", "H", "username", "hedy2", "password", "short"))
                        .body())
                .contains("Use at least 10 characters")
                .doesNotContain("short");
        assertThat(browser.follow(browser.logIn("hedi")).body())
                .contains("That username and password do not match.", "value=\"hedi\"");
        assertThat(browser.get("/account").headers().firstValue("Location"))
                .get(InstanceOfAssertFactories.STRING)
                .endsWith("/login");
    }

    @Test
    void whatDescribesAFieldIsOnThePage() {
        assertThat(describing(browser.get("/signup"))).containsExactly("username-hint", "password-hint");
        assertThat(describing(browser.post("/signup", Map.of())))
                .containsExactly(
                        "displayName-error", "username-error", "username-hint", "password-error", "password-hint");

        signUp("Robin", "robin.p");
        assertThat(describing(browser.get("/account"))).containsExactly("packingNote-hint");
        HttpResponse<String> tooLong = browser.post("/account", Map.of("packingNote", "a".repeat(301)));
        assertThat(describing(tooLong)).containsExactly("packingNote-error", "packingNote-hint");
    }

    @Test
    void theSessionPageShowsEverythingButTheId() {
        assertThat(browser.get("/session").body()).contains("Begins with this page", "Nobody yet");
        assertThat(browser.cookies).containsOnlyKeys(COOKIE);

        signUp("Karen", "karen");
        browser.post("/session/count", Map.of());
        assertThat(browser.get("/session").body())
                .contains("Stored", "<dd>karen</dd>", "<dd class=\"count\">1</dd>", "in about 30 min")
                .doesNotContain(browser.cookies.get(COOKIE));
    }

    @Test
    void movesTheSessionToANewIdOnRequest() {
        browser.post("/session/count", Map.of());
        String before = browser.cookies.get(COOKIE);
        HttpResponse<String> redirect = browser.post("/session/rotate", Map.of());
        assertThat(browser.cookies.get(COOKIE)).isNotNull().isNotEqualTo(before);
        assertThat(browser.follow(redirect).body()).contains("moved to a new id", "<dd class=\"count\">1</dd>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/shop.css", "/stamps.js", "/images/logo.svg", "/nowhere"})
    void whatHasNoFormStoresNothing(String path) {
        assertThat(browser.get(path).headers().map()).doesNotContainKey("Set-Cookie");
    }

    @Test
    void aFormNeedsItsToken() {
        signUp("Annie", "annie");
        HttpResponse<String> response = browser.postAlone("/basket/ink/plus", Map.of("_csrf", "made-up"));
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).contains("That page was out of date");
        assertThat(browser.get("/basket").body()).contains("There is nothing in it yet.");
    }

    @Test
    void neitherTheSessionNorTheAccountKeepsThePassword() {
        signUp("Evelyn", "evelyn");
        browser = new Browser(port);
        browser.logIn("evelyn");

        List<@Nullable String> stored =
                jdbc.queryForList("select data from session_data where principal = 'evelyn'", String.class);
        assertThat(stored).hasSize(2).allSatisfy(data -> assertThat(data)
                .contains("\"username\":\"evelyn\"")
                .doesNotContain(Browser.PASSWORD, "bcrypt", "$2a$"));
        assertThat(jdbc.queryForObject("select password_hash from account where username = 'evelyn'", String.class))
                .startsWith("{bcrypt}$2a$");
    }

    @Test
    void aFormOfAnEndedSessionThatNeedsNoLoginLeadsToTheShop() {
        signUp("Ida", "ida");
        jdbc.update("delete from session_data where principal = 'ida'");
        HttpResponse<String> redirect = browser.postAlone("/basket/ink/plus", Map.of("_csrf", "of the ended one"));
        assertThat(browser.follow(redirect).body()).contains("Your session had ended, so that was not done.");
    }

    @Test
    void whatAnotherSiteSendsWithoutTheCookieIsNotKept() {
        HttpResponse<String> redirect = browser.postAlone("/signup", Map.of("username", "planted"));
        assertThat(redirect.headers().firstValue("Location"))
                .get(InstanceOfAssertFactories.STRING)
                .endsWith("/signup?ended");
        assertThat(browser.follow(redirect).body()).doesNotContain("planted");
    }

    @Test
    void whoeverLogsInNextFindsNothingOfTheOneBefore() {
        signUp("Mary", "mary");
        signUp("Joan", "joan");
        browser.post("/basket/ink/plus", Map.of());
        assertThat(browser.follow(browser.logIn("mary")).body())
                .contains("Hello, <span>Mary</span>")
                .doesNotContain("in your basket");
        assertThat(browser.get("/basket").body()).contains("There is nothing in it yet.");
    }

    @Test
    void aDeviceOfSomebodyElseCannotBeSignedOut() {
        signUp("Rosa", "rosa");
        String handle = sessions.list("rosa", null).get(0).handle();
        browser = new Browser(port);
        signUp("Lise", "lise");
        HttpResponse<String> redirect = browser.post("/account/devices/end", Map.of("handle", handle));
        assertThat(browser.follow(redirect).body()).contains("That device was signed out already.");
        assertThat(sessions.list("rosa", null)).hasSize(1);
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

    /** The ids that fields name, each of an element that is there. */
    private static List<String> describing(HttpResponse<String> page) {
        List<String> ids = DESCRIBED_BY
                .matcher(page.body())
                .results()
                .flatMap(found -> Stream.of(found.group(1).split(" ")))
                .toList();
        assertThat(ids).allSatisfy(id -> assertThat(page.body()).contains("id=\"" + id + "\""));
        return ids;
    }

    private HttpResponse<String> signUp(String displayName, String username) {
        return browser.post(
                "/signup", Map.of("displayName", displayName, "username", username, "password", Browser.PASSWORD));
    }
}
