package dev.sessionstorage.sample;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.Cookie;
import dev.sessionstorage.Sessions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

/** A browser with one page for each test, and the user's actions. */
@Import(HttpSessions.class)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class InChromium {

    private static final String COOKIE = "__Host-Http-session";

    @LocalServerPort
    int port;

    @Autowired
    Accounts accounts;

    @Autowired
    JdbcTemplate jdbc;

    @Autowired
    Sessions sessions;

    Chromium chromium;
    BrowserContext browser;
    Page page;
    final List<String> faults = new ArrayList<>();

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

    void signUp(String username) {
        assertThat(accounts.signUp(username, username, Browser.PASSWORD)).isNotNull();
    }

    /** Logs in, and signs up first if the user is new. */
    void logIn(Page in, String username) {
        accounts.signUp(username, username, Browser.PASSWORD);
        in.navigate("/login");
        fillIn(in, username, Browser.PASSWORD);
        assertThat(in.locator(".greeting")).isVisible();
    }

    void fillIn(String username, String password) {
        fillIn(page, username, password);
    }

    static void fillIn(Page in, String username, String password) {
        in.getByLabel("Username").fill(username);
        in.getByLabel("Password").fill(password);
        in.locator("main").getByRole(AriaRole.BUTTON, inLocator("Log in")).click();
    }

    void press(String button) {
        page.getByRole(AriaRole.BUTTON, named(button)).first().click();
    }

    Locator toast() {
        return page.locator(".toast p");
    }

    Locator greeting() {
        return page.locator(".greeting");
    }

    Locator heading() {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1));
    }

    Cookie cookie() {
        return browser.cookies().stream()
                .filter(cookie -> cookie.name.equals(COOKIE))
                .findFirst()
                .orElseThrow();
    }

    static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    static Locator.GetByRoleOptions inLocator(String name) {
        return new Locator.GetByRoleOptions().setName(name).setExact(true);
    }
}
