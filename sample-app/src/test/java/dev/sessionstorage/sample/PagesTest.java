package dev.sessionstorage.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.Sessions;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
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

    private static final String COOKIE = "__Host-Http-session";
    private static final Pattern DESCRIBED_BY = Pattern.compile("aria-describedby=\"([^\"]+)\"");

    private static final Pattern ID = Pattern.compile("<code>([\\w-]{8})</code>");

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
        HttpResponse<String> redirect = browser.signUp("Barbara", "barbara");
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
        browser.signUp("Margaret", "margaret");
        assertThat(browser.get("/basket").body()).contains("€36.00", "€40.20");

        HttpResponse<String> removed = browser.post("/basket/tape/minus", Map.of());
        assertThat(browser.follow(removed).body())
                .contains("Paper tape removed from your basket.")
                .contains("<strong>€36.00</strong>");
    }

    @Test
    void loggingOutDestroysTheSessionAndItsBasket() {
        browser.signUp("Radia", "radia");
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
        browser.signUp("Sophie", "sophie");
        browser = new Browser(port);
        Map<String, String> before = Map.copyOf(browser.cookies);
        HttpResponse<String> redirect = browser.logIn(" sophie ");
        assertThat(browser.follow(redirect).body()).contains("Hello, <span>Sophie</span>");
        assertThat(browser.cookies).isNotEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GERTRUDE", "Gertrude", "gERTRUDe", " GERTRUDE "})
    void aUsernameBelongsToOneAccountInWhateverCase(String typed) {
        browser.signUp("Gertrude", "gertrude");
        browser = new Browser(port);
        assertThat(browser.signUp("Somebody else", typed).body()).contains("This username is taken");

        assertThat(browser.follow(browser.logIn(typed)).body()).contains("Hello, <span>Gertrude</span>");
        assertThat(sessions.list("gertrude", null)).isNotEmpty();
    }

    /** Fullwidth, Cyrillic, dotless, dotted and sharp letters. */
    @ParameterizedTest
    @ValueSource(strings = {"\uff32\uff2f\uff22\uff29\uff2e", "r\u043ebin", "rob\u0131n", "ROB\u0130N", "stra\u00dfe"})
    void aUsernameHasNoLettersThatLookLikeOthers(String typed) {
        assertThat(browser.signUp("Robin", typed).body()).contains("Use 2 to 32 letters from a to z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/login", "/signup"})
    void speaksOfABasketOnlyWhereThereIsOne(String path) {
        assertThat(browser.get(path).body()).doesNotContain("basket comes along", "Welcome back");
        browser.post("/basket/ink/plus", Map.of());
        assertThat(browser.get(path).body()).contains("Your basket comes along.");
    }

    @Test
    void whoeverIsLoggedInIsNotAskedToLogIn() {
        browser.signUp("Agnes", "agnes");
        assertThat(Browser.location(browser.get("/login"))).endsWith("/account");
        browser.post("/basket/ink/plus", Map.of());
        assertThat(browser.get("/signup").body()).doesNotContain("basket comes along");
    }

    @Test
    void explainsWhatIsWrongWithAForm() {
        browser.signUp("Hedy", "hedy");
        browser = new Browser(port);
        assertThat(browser.signUp("Hedy", "hedy").body()).contains("This username is taken");
        assertThat(browser.signUp(" ", "h").body()).contains("Tell us what to call you.", "Use 2 to 32 letters");
        assertThat(browser.post("/signup", Map.of()).body()).contains("Tell us what to call you.");
        assertThat(browser.post("/signup", Map.of("displayName", "H", "username", "hedy2", "password", "short"))
                        .body())
                .contains("Use at least 10 characters")
                .doesNotContain("short");
        assertThat(browser.signUp("He\u0000dy", "hedy3").body()).contains("That name has a character in it");
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

        browser.signUp("Robin", "robin.p");
        assertThat(describing(browser.get("/account"))).containsExactly("packingNote-hint");
        HttpResponse<String> tooLong = browser.post("/account", Map.of("packingNote", "a".repeat(301)));
        assertThat(describing(tooLong)).containsExactly("packingNote-error", "packingNote-hint");
    }

    @Test
    void theSessionPageShowsEverythingButTheId() {
        assertThat(browser.get("/session").body()).contains("Begins with this page", "Nobody yet");
        assertThat(browser.cookies).containsOnlyKeys(COOKIE);

        browser.signUp("Karen", "karen");
        browser.post("/session/count", Map.of());
        assertThat(browser.get("/session").body())
                .contains("Stored", "<dd>karen</dd>", "<dd class=\"count\">1</dd>", "in 30 minutes, unless")
                .doesNotContain(browser.cookies.get(COOKIE));
    }

    @Test
    void movesTheSessionToANewIdOnRequest() {
        browser.post("/session/count", Map.of());
        String before = browser.cookies.get(COOKIE);
        String idBefore = idOn(browser.get("/session"));
        HttpResponse<String> redirect = browser.post("/session/rotate", Map.of());
        assertThat(browser.cookies.get(COOKIE)).isNotNull().isNotEqualTo(before);
        HttpResponse<String> after = browser.follow(redirect);
        assertThat(after.body())
                .contains("moved to a new id", "in place of <s>" + idBefore + "</s>", "<dd class=\"count\">1</dd>");
        assertThat(idOn(after)).isNotEqualTo(idBefore).isEqualTo(idOn(browser.get("/session")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void destroyingTheSessionIsNoLogout(boolean loggedIn) {
        if (loggedIn) {
            browser.signUp("Shafi", "shafi");
        }
        browser.post("/session/count", Map.of());
        Map<String, String> old = Map.copyOf(browser.cookies);

        HttpResponse<String> redirect = browser.post("/session/destroy", Map.of());
        assertThat(browser.cookies).doesNotContainKey(COOKIE);
        assertThat(browser.follow(redirect).body())
                .contains("Your session is destroyed", "Begins with this page")
                .doesNotContain("logged out", "Welcome back");
        browser.cookies.putAll(old);
        assertThat(browser.get("/session").body()).contains("Begins with this page", "Nobody yet");
    }

    @Test
    void theStampCardWorksWithoutJavaScript() {
        HttpResponse<String> first = browser.post("/stamps", Map.of());
        assertThat(first.headers().firstValue("Content-Type")).isEmpty();
        assertThat(browser.follow(first).body()).contains("One stamp more.", "id=\"on-card\">1<", "id=\"counted\">1<");
        assertThat(browser.follow(browser.post("/stamps", Map.of())).body()).contains("id=\"on-card\">2<");

        assertThat(jdbc.update(
                        "update session_data set data = replace(data, '\"stampCount\":2', '\"stampCount\":120')"))
                .isPositive();
        HttpResponse<String> full = browser.follow(browser.post("/stamps", Map.of()));
        assertThat(full.body()).contains("This card is full", "id=\"on-card\">2<");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/shop.css", "/stamps.js", "/images/logo.svg", "/nowhere"})
    void whatHasNoFormStoresNothing(String path) {
        assertThat(browser.get(path).headers().map()).doesNotContainKey("Set-Cookie");
    }

    @Test
    void neitherTheSessionNorTheAccountKeepsThePassword() {
        browser.signUp("Evelyn", "evelyn");
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
    void whoeverLogsInNextFindsNothingOfTheOneBefore() {
        browser.signUp("Mary", "mary");
        browser.signUp("Joan", "joan");
        browser.post("/basket/ink/plus", Map.of());
        assertThat(browser.follow(browser.logIn("mary")).body())
                .contains("Hello, <span>Mary</span>")
                .doesNotContain("in your basket");
        assertThat(browser.get("/basket").body()).contains("There is nothing in it yet.");
    }

    @Test
    void staticFilesSetNoCookieForSomebodyWhoIsLoggedIn() {
        browser.signUp("Jean", "jean");
        assertThat(browser.get("/shop.css").headers().map()).doesNotContainKey("Set-Cookie");
    }

    /** Returns what the session page shows of the id, which is not the id itself. */
    private String idOn(HttpResponse<String> page) {
        Matcher id = ID.matcher(page.body());
        assertThat(id.find()).as(page.body()).isTrue();
        return id.group(1);
    }

    /** Returns the element ids that fields refer to, and checks that each exists. */
    private static List<String> describing(HttpResponse<String> page) {
        List<String> ids = DESCRIBED_BY
                .matcher(page.body())
                .results()
                .flatMap(found -> Stream.of(found.group(1).split(" ")))
                .toList();
        assertThat(ids).allSatisfy(id -> assertThat(page.body()).contains("id=\"" + id + "\""));
        return ids;
    }
}
