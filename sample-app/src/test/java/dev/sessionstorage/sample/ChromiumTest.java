package dev.sessionstorage.sample;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shop in a real browser. */
class ChromiumTest extends InChromium {

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

    @ParameterizedTest
    @ValueSource(ints = {360, 390, 640, 641, 1280})
    void theAccountPageHasOneWayToLogOut(int width) {
        page.setViewportSize(width, 844);
        logIn(page, "vera");
        page.navigate("/account");
        assertThat(page.getByRole(AriaRole.BUTTON, named("Log out"))).hasCount(1);
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
}
