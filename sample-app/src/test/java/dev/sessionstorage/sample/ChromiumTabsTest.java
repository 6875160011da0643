package dev.sessionstorage.sample;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The shop with several tabs, with the back button, by keyboard only, without JavaScript and without network. */
@Tag("slow")
class ChromiumTabsTest extends InChromium {

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
}
