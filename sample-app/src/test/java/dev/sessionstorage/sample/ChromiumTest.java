package dev.sessionstorage.sample;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.Cookie;
import dev.sessionstorage.Sessions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

/** The shop as somebody with a browser sees it. */
@Import(HttpSessions.class)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChromiumTest {

    private static final String COOKIE = "__Host-Http-session";

    @LocalServerPort
    int port;

    @Autowired
    Accounts accounts;

    @Autowired
    JdbcTemplate jdbc;

    @Autowired
    Sessions sessions;

    private Chromium chromium;
    private BrowserContext browser;
    private Page page;
    private final List<String> faults = new ArrayList<>();

    @BeforeAll
    void start() {
        chromium = Chromium.start();
    }

    @AfterAll
    void stop() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void open() {
        browser = chromium.open("http://localhost:" + port);
        page = browser.newPage();
        browser.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                faults.add(message.text());
            }
        });
    }

    @AfterEach
    void close() {
        browser.close();
        assertThat(faults).isEmpty();
        assertThat(HttpSessions.CREATED).isEmpty();
    }

    @Test
    void fillsTheBasketLogsInAndComesBackToTheWantedPage() {
        signUp("frances");
        page.navigate("/");
        press("Add Bottled ink to the basket");
        assertThat(toast()).hasText("Bottled ink added to your basket.");
        String before = cookie().value;

        page.navigate("/account");
        assertThat(page).hasURL(Pattern.compile("/login$"));
        fillIn("frances", "something else");
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("do not match");
        assertThat(page.getByLabel("Username")).hasValue("frances");

        fillIn("frances", Browser.PASSWORD);
        assertThat(page).hasURL(Pattern.compile("/account$"));
        assertThat(heading()).hasText("Your account");
        assertThat(page.locator(".badge")).hasText("1 items");
        assertThat(cookie().value).isNotEqualTo(before);
        assertThat(cookie().expires).as("a cookie that ends with the browser").isEqualTo(-1.0);
    }

    @Test
    void remembersWhoAsksForIt() {
        signUp("betty");
        page.navigate("/login");
        page.getByLabel("Remember me").check();
        fillIn("betty", Browser.PASSWORD);
        assertThat(greeting()).hasText("Hello, betty.");

        Instant expires = Instant.ofEpochSecond(cookie().expires.longValue());
        assertThat(expires)
                .isBetween(
                        Instant.now().plus(Duration.ofDays(14)).minusSeconds(120),
                        Instant.now().plus(Duration.ofDays(14)).plusSeconds(5));
    }

    @Test
    void logsOut() {
        logIn(page, "kathleen");
        String before = cookie().value;
        press("Log out");
        assertThat(page.getByRole(AriaRole.STATUS)).hasText("You are logged out, and your session is gone.");
        assertThat(cookie().value).isNotEqualTo(before);
        assertThat(sessions.list("kathleen", null)).isEmpty();
    }

    @Test
    void twoTabsLoseNoStamp() {
        page.navigate("/stamps");
        Page second = browser.newPage();
        second.navigate("/stamps");
        String stamp = "() => document.querySelector('#press button').click()";
        page.evaluate(stamp);
        second.evaluate(stamp);

        for (Page tab : List.of(page, second)) {
            assertThat(tab.locator("#result")).containsText("20 of 20 stamps");
            assertThat(tab.locator("#on-card")).hasText("40");
            assertThat(tab.locator("#counted")).hasText("40");
        }
        press("New card");
        assertThat(toast()).hasText("Here is a new card.");
        assertThat(page.locator("#on-card")).hasText("0");
        assertThat(second.locator("#on-card")).hasText("0");
    }

    @Test
    void aTabWithAStampCardGoesOnAfterALogInInAnother() {
        page.navigate("/stamps");
        Page second = browser.newPage();
        logIn(second, "ruth");
        press("Collect 20 stamps at once");
        assertThat(page.locator("#result")).containsText("20 requests were refused");
        press("Collect 20 stamps at once");
        assertThat(page.locator("#result")).containsText("20 of 20 stamps");
        faults.clear();
    }

    @Test
    void collectsStampsWithTheKeyboardUntilTheCardIsFull() {
        page.navigate("/stamps");
        Locator button = page.getByRole(AriaRole.BUTTON, named("Collect 20 stamps at once"));
        button.focus();
        for (int stamps = 20; stamps <= 120; stamps += 20) {
            page.keyboard().press("Enter");
            assertThat(page.locator("#on-card")).hasText(Integer.toString(stamps));
            assertThat(button).isVisible();
            assertThat(button).isFocused();
        }
        page.keyboard().press("Enter");
        assertThat(page.locator("#card")).containsText("This card is full");
        assertThat(page.locator("#on-card")).hasText("120");
    }

    @Test
    void collectsStampsWithoutJavaScript() {
        try (BrowserContext plain = chromium.openWithoutJavaScript("http://localhost:" + port)) {
            Page tab = plain.newPage();
            tab.navigate("/stamps");
            tab.getByRole(AriaRole.BUTTON, named("Collect a stamp")).click();
            assertThat(tab.locator("#on-card")).hasText("1");
            assertThat(tab.getByRole(AriaRole.STATUS).first()).hasText("One stamp more.");
            tab.getByRole(AriaRole.BUTTON, named("Dismiss")).click();
            tab.getByRole(AriaRole.BUTTON, named("New card")).click();
            assertThat(tab.locator("#on-card")).hasText("0");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {360, 390, 640, 641, 1280})
    void theAccountPageHasOneWayToLogOut(int width) {
        page.setViewportSize(width, 844);
        logIn(page, "vera");
        page.navigate("/account");
        assertThat(page.getByRole(AriaRole.BUTTON, named("Log out"))).hasCount(1);
    }

    @Test
    void theBackButtonShowsNoAccountAfterALogout() {
        logIn(page, "wilma");
        page.navigate("/account");
        page.navigate("/");
        press("Log out");
        page.goBack();
        page.goBack();
        assertThat(page).hasURL(Pattern.compile("/login(\\?ended)?$"));
        assertThat(page.getByText("wilma")).hasCount(0);
    }

    @Test
    void logsInInTwoTabs() {
        signUp("xenia");
        Page second = browser.newPage();
        page.navigate("/login");
        second.navigate("/login");
        fillIn(page, "xenia", Browser.PASSWORD);
        assertThat(greeting()).isVisible();
        fillIn(second, "xenia", Browser.PASSWORD);
        assertThat(second).hasURL(Pattern.compile("/account$"));
    }

    @Test
    void keepsANoteThatIsTypedWhileAnotherTabLogsOutAndInAgain() {
        logIn(page, "yvonne");
        page.navigate("/account");
        page.getByLabel("Packing note").fill("Ring twice.");
        Page second = browser.newPage();
        second.navigate("/");
        second.getByRole(AriaRole.BUTTON, named("Log out")).click();
        logIn(second, "yvonne");

        press("Save note");
        assertThat(page.getByRole(AriaRole.STATUS)).containsText("It is not saved yet.");
        press("Save note");
        assertThat(toast()).hasText("Your packing note is saved.");
        assertThat(page.getByLabel("Packing note")).hasValue("Ring twice.");
    }

    @Test
    void fillsTheBasketWithTheKeyboard() {
        page.navigate("/");
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");
        assertThat(page.locator("main")).isFocused();
        page.getByRole(AriaRole.BUTTON, named("Add Bottled ink to the basket")).press("Enter");
        assertThat(page).hasURL(Pattern.compile("#ink$"));
        page.keyboard().press("Tab");
        assertThat(page.getByRole(AriaRole.BUTTON, named("One Bottled ink less")))
                .isFocused();

        page.navigate("/basket");
        page.getByRole(AriaRole.BUTTON, named("One Bottled ink more")).press("Enter");
        assertThat(page.locator(".quantity")).containsText("2");
        page.keyboard().press("Tab");
        assertThat(page.getByRole(AriaRole.BUTTON, named("One Bottled ink less")))
                .isFocused();
    }

    @Test
    void saysThatTheShopCouldNotBeReachedAndLetsOneTryAgain() {
        page.navigate("/stamps");
        browser.setOffline(true);
        press("Collect 20 stamps at once");
        assertThat(page.locator("#result")).containsText("The shop did not answer");

        browser.setOffline(false);
        press("Collect 20 stamps at once");
        assertThat(page.locator("#result")).containsText("20 of 20 stamps");
        faults.clear();
    }

    @Test
    void signingOutAllOthersEndsTheOtherBrowserAtItsNextClick() {
        logIn(page, "hopper");
        try (BrowserContext other = chromium.open("http://localhost:" + port)) {
            Page elsewhere = other.newPage();
            logIn(elsewhere, "hopper");

            page.navigate("/account/devices");
            assertThat(page.getByText("This device", new Page.GetByTextOptions().setExact(true)))
                    .hasCount(1);
            assertThat(page.locator(".devices li")).hasCount(2);
            assertThat(page.locator(".devices h2").first()).containsText("Chrome on Linux");
            press("Sign out all others");
            assertThat(toast()).hasText("One other device is signed out.");
            assertThat(page.locator(".devices li")).hasCount(1);

            elsewhere.getByRole(AriaRole.LINK, named("Account of hopper")).click();
            assertThat(elsewhere.getByRole(AriaRole.STATUS)).containsText("Your session has ended");
            assertThat(elsewhere).hasURL(Pattern.compile("/login\\?ended$"));
        }
        page.reload();
        assertThat(heading()).hasText("Your devices");
    }

    @Test
    void signsOutOneDevice() {
        logIn(page, "jocelyn");
        try (BrowserContext other = chromium.open("http://localhost:" + port)) {
            logIn(other.newPage(), "jocelyn");
            page.navigate("/account/devices");
            page.locator(".devices li").last().getByRole(AriaRole.BUTTON).click();
            assertThat(toast()).hasText("Chrome on Linux is signed out.");
            assertThat(page.locator(".devices li")).hasCount(1);
        }
        assertThat(sessions.list("jocelyn", null)).hasSize(1);
    }

    @Test
    void keepsWhatIsTypedWhenTheSessionExpiresInTheMiddleOfAForm() {
        logIn(page, "dorothy");
        page.navigate("/account");
        page.getByLabel("Packing note").fill("No plastic, please.");
        assertThat(jdbc.update("update session_data set expires = 0 where principal = 'dorothy'"))
                .isEqualTo(1);
        press("Save note");
        assertThat(page.getByRole(AriaRole.STATUS))
                .hasText("Your session has ended, so please log in again. What you typed is kept:"
                        + " it is there when you come back.");

        fillIn("dorothy", Browser.PASSWORD);
        assertThat(page.getByRole(AriaRole.STATUS)).containsText("It is not saved yet.");
        assertThat(page.getByLabel("Packing note")).hasValue("No plastic, please.");
        press("Save note");
        assertThat(toast()).hasText("Your packing note is saved.");
        page.reload();
        assertThat(toast()).hasCount(0);
        assertThat(page.getByLabel("Packing note")).hasValue("No plastic, please.");
    }

    @Test
    void showsAMessageOnceAndOnlyWhereTheRedirectLed() {
        page.navigate("/session");
        press("Count one up");
        String before = page.locator("code").textContent();
        press("Move to a new id");
        assertThat(toast()).hasText("Your session has moved to a new id. The old one is dead.");
        assertThat(page.locator("code")).not().hasText(before);
        assertThat(page.locator("main s")).hasText(before);
        page.getByRole(AriaRole.BUTTON, named("Dismiss")).click();
        assertThat(toast()).isHidden();
        page.reload();
        assertThat(toast()).hasCount(0);
    }

    @Test
    void fitsOnPhonesAndDesks() {
        Screenshots shots = new Screenshots(page);
        shots.take("/", "shop");
        shots.take("/login", "login");
        page.getByLabel("Username").fill("nobody");
        fillIn("nobody", "no password");
        shots.take("login-error");
        shots.take("/signup", "signup");
        press("Sign up");
        shots.take("signup-errors");
        shots.take("/session", "session");
        shots.take("/nowhere", "not-found");
        faults.clear();

        logIn(page, "evelyn.b");
        page.navigate("/");
        press("Add Bottled ink to the basket");
        shots.take("shop-with-message");
        press("One Bottled ink more");
        press("Add Paper tape to the basket");
        shots.take("/basket", "basket");
        shots.take("/account", "account");
        try (BrowserContext other = chromium.open("http://localhost:" + port)) {
            logIn(other.newPage(), "evelyn.b");
            shots.take("/account/devices", "devices");
        }
        shots.take("/stamps", "stamps-empty");
        press("Collect 20 stamps at once");
        assertThat(page.locator("#result")).containsText("20 of 20");
        press("Collect 20 stamps at once");
        assertThat(page.locator("#on-card")).hasText("40");
        assertThat(page.locator("#result")).isVisible();
        shots.take("stamps");

        page.navigate("/account");
        page.getByLabel("Packing note").fill("No plastic, please.");
        sessions.endAll("evelyn.b");
        press("Save note");
        shots.take("login-ended");
    }

    private void signUp(String username) {
        assertThat(accounts.signUp(username, username, Browser.PASSWORD)).isNotNull();
    }

    /** Signs up whoever is new. */
    private void logIn(Page in, String username) {
        accounts.signUp(username, username, Browser.PASSWORD);
        in.navigate("/login");
        fillIn(in, username, Browser.PASSWORD);
        assertThat(in.locator(".greeting")).isVisible();
    }

    private void fillIn(String username, String password) {
        fillIn(page, username, password);
    }

    private static void fillIn(Page in, String username, String password) {
        in.getByLabel("Username").fill(username);
        in.getByLabel("Password").fill(password);
        in.locator("main").getByRole(AriaRole.BUTTON, inLocator("Log in")).click();
    }

    private void press(String button) {
        page.getByRole(AriaRole.BUTTON, named(button)).first().click();
    }

    private Locator toast() {
        return page.locator(".toast p");
    }

    private Locator greeting() {
        return page.locator(".greeting");
    }

    private Locator heading() {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1));
    }

    private Cookie cookie() {
        return browser.cookies().stream()
                .filter(cookie -> cookie.name.equals(COOKIE))
                .findFirst()
                .orElseThrow();
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    private static Locator.GetByRoleOptions inLocator(String name) {
        return new Locator.GetByRoleOptions().setName(name).setExact(true);
    }
}
