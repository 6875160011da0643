package dev.sessionstorage.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;

/** Boot's default security, with form login and HTTP Basic on every page and no configuration, over real HTTP. */
@SpringBootTest(
        classes = SecuredApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:form-login",
            "session.cookie.secrets=3f1c6b0a9d7e4f528b6a0c1d2e3f4a5b"
        })
class FormLoginTest {

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private DataSource dataSource;

    @BeforeEach
    @AfterEach
    void noHttpSession() {
        assertThat(SecuredApplication.HTTP_SESSIONS).isEmpty();
    }

    @BeforeEach
    void noSession() {
        jdbc.update("delete from session_data");
    }

    @Test
    void aLoginGivesTheSessionANewIdAndAPrincipalAndLeadsToTheWantedPage() throws Exception {
        TestBrowser browser = new TestBrowser(port).open("/page?q=1");
        assertThat(browser.at()).isEqualTo("/login");
        String before = browser.session();

        browser.submit("/login", Map.of("username", "robin", "password", "robin's password"));

        assertThat(browser.at()).isEqualTo("/page?q=1");
        assertThat(browser.body()).isEqualTo("page 1 of robin");
        assertThat(browser.cookies()).containsOnlyKeys(TestBrowser.SESSION);
        assertThat(browser.session()).isNotEqualTo(before);
        assertThat(jdbc.queryForList("select principal from session_data where version >= 0", String.class))
                .containsExactly("robin");
        TestBrowser thief = new TestBrowser(port);
        thief.cookies().put(TestBrowser.SESSION, before);
        assertThat(thief.open("/page").status()).isEqualTo(409);
        assertThat(thief.body()).doesNotContain("robin");
    }

    @Test
    void whatIsStoredIsJsonWithoutThePassword() throws Exception {
        new TestBrowser(port).logIn("robin");

        String data = data();
        assertThat(data)
                .contains("\"SPRING_SECURITY_AUTHENTICATION\":{\"@class\":")
                .contains("\"username\":\"robin\"", "\"password\":null", "\"credentials\":null", "ROLE_USER")
                .doesNotContain("$2a$", "robin's password");
    }

    @Test
    void aWrongPasswordIsAnsweredWithoutALogin() throws Exception {
        TestBrowser browser = new TestBrowser(port).open("/login");
        browser.submit("/login", Map.of("username", "robin", "password", "wrong"));

        assertThat(browser.at()).isEqualTo("/login?error");
        assertThat(browser.body()).contains("Invalid credentials");
        assertThat(browser.open("/page").at()).isEqualTo("/login");
    }

    @Test
    void aLogoutDeletesTheSessionAndExpiresTheCookie() throws Exception {
        TestBrowser browser = new TestBrowser(port).logIn("robin");
        String cookie = browser.session();

        browser.open("/logout").submit("/logout", Map.of());

        assertThat(browser.at()).isEqualTo("/login?logout");
        assertThat(browser.session()).isNotEqualTo(cookie);
        assertThat(jdbc.queryForList("select 1 from session_data where principal = 'robin'"))
                .isEmpty();
        browser.cookies().put(TestBrowser.SESSION, cookie);
        assertThat(browser.open("/page").at()).isEqualTo("/login");
    }

    @Test
    void aFormNeedsTheTokenOfItsOwnSession() throws Exception {
        TestBrowser robin = new TestBrowser(port).logIn("robin");
        TestBrowser kim = new TestBrowser(port).logIn("kim");

        assertThat(robin.post("/form", Map.of("text", "a")).statusCode()).isEqualTo(403);
        kim.open("/form");
        robin.open("/form");
        assertThat(robin.submit("/form", Map.of("text", "b")).body()).isEqualTo("saved b");
        robin.cookies().putAll(kim.cookies());
        assertThat(robin.open("/form").submit("/form", Map.of("text", "c")).body())
                .isEqualTo("saved c");
    }

    @Test
    void aRefusedFormStartsNoSession() throws Exception {
        TestBrowser browser = new TestBrowser(port);
        browser.post("/form", Map.of("text", "a"));
        assertThat(browser.cookies()).isEmpty();
        assertThat(jdbc.queryForList("select 1 from session_data")).isEmpty();
    }

    @Test
    void aWantedPageIsForgottenOnceItWasShown() throws Exception {
        TestBrowser browser = new TestBrowser(port).open("/page?q=1");
        browser.submit("/login", Map.of("username", "robin", "password", "robin's password"));
        assertThat(browser.at()).isEqualTo("/page?q=1");
        assertThat(browser.logIn("kim").at()).isEqualTo("/");
    }

    @Test
    void aLoginSucceedsThoughAnotherTabAsksForAPageMeanwhile() throws Exception {
        TestBrowser browser = new TestBrowser(port).open("/page?q=1");
        TestBrowser tab = new TestBrowser(port);
        tab.cookies().putAll(browser.cookies());
        SecuredApplication.DURING_LOGIN.set(() -> assertRedirected(tab));
        browser.submit("/login", Map.of("username", "robin", "password", "robin's password"));

        assertThat(browser.at()).isEqualTo("/page?q=1");
        assertThat(browser.body()).isEqualTo("page 1 of robin");
    }

    private static void assertRedirected(TestBrowser tab) {
        try {
            assertThat(tab.get("/page?q=2").statusCode()).isEqualTo(302);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aLoginGivesTheSessionANewToken() throws Exception {
        TestBrowser browser = new TestBrowser(port).open("/login");
        String before = token();
        browser.submit("/login", Map.of("username", "robin", "password", "robin's password"));
        browser.open("/form");
        assertThat(token()).isNotEqualTo(before);
    }

    @Test
    void httpBasicNeedsNoSession() throws Exception {
        TestBrowser browser = new TestBrowser(port);
        // robin:robin's password
        browser.get("/page", "Authorization", "Basic cm9iaW46cm9iaW4ncyBwYXNzd29yZA==");

        assertThat(browser.body()).isEqualTo("page  of robin");
        assertThat(browser.cookies()).isEmpty();
        assertThat(jdbc.queryForList("select 1 from session_data")).isEmpty();
    }

    @Test
    void aPageOfSomebodyLoggedInCostsOneStatement() throws Exception {
        TestBrowser browser = new TestBrowser(port).logIn("robin");
        assertThat(browser.statements(dataSource, "/page")).hasSize(1);
        assertThat(browser.statements(dataSource, "/no-such-page")).hasSize(1);
    }

    @Test
    void aStoredClassThatIsNotAllowedMeansAnonymous() throws Exception {
        TestBrowser browser = new TestBrowser(port).logIn("robin");
        assertThat(jdbc.update("update session_data set data ="
                        + " replace(data, 'org.springframework.security.core.userdetails.User',"
                        + " 'com.zaxxer.hikari.HikariConfig') where principal = 'robin'"))
                .isEqualTo(1);

        assertThat(browser.open("/page").at()).isEqualTo("/login");
        assertThat(browser.logIn("robin").open("/page").body()).isEqualTo("page  of robin");
    }

    @Test
    void attributesOfARedirectAreShownOnce() throws Exception {
        TestBrowser browser = new TestBrowser(port).logIn("robin").open("/redirect");

        assertThat(browser.at()).isEqualTo("/shown");
        assertThat(browser.body()).isEqualTo("It is saved, Order[item=pens, pieces=2]");
        assertThat(browser.cookies()).containsOnlyKeys(TestBrowser.SESSION, "__Host-Http-session-flash");
        assertThat(browser.open("/shown").body()).isEqualTo("null, null");
    }

    @Test
    void numbersOfARedirectKeepAllTheirDigits() throws Exception {
        TestBrowser browser = new TestBrowser(port).logIn("robin").open("/redirect/with-prices");
        assertThat(browser.body()).isEqualTo("19.90, Price[amount=12345678901234567.890]");
    }

    @Test
    void doublesOfARedirectStayDoubles() throws Exception {
        TestBrowser browser = new TestBrowser(port).logIn("robin").open("/redirect/with-doubles");
        assertThat(browser.body()).isEqualTo("1.23456795E7");
    }

    @Test
    void twoRedirectsAtOnceLoseNothing() throws Exception {
        TestBrowser browser = new TestBrowser(port).logIn("robin");
        browser.get("/redirect/to/a");
        // The second request acts as if it were sent before the first response arrived.
        browser.cookies().remove("__Host-Http-session-flash");
        browser.get("/redirect/to/b");

        assertThat(browser.open("/shown/a").body()).isEqualTo("for a, null");
        assertThat(browser.open("/shown/b").body()).isEqualTo("for b, null");
        assertThat(browser.open("/shown/b").body()).isEqualTo("null, null");
    }

    @Test
    void aFlashAttributeThatCouldNotBeReadAgainIsAnError() throws Exception {
        TestBrowser browser = new TestBrowser(port).logIn("robin");
        assertThat(browser.open("/redirect/with-a-timer").status()).isEqualTo(500);
        assertThat(browser.open("/shown").body()).isEqualTo("null, null");
    }

    @Test
    void aListOfTheApplicationsObjectsIsKeptOverARedirect() throws Exception {
        TestBrowser browser = new TestBrowser(port).logIn("robin");
        assertThat(browser.open("/redirect/with-orders").body()).contains("Order[");
    }

    @Test
    void modelAttributesOfSeveralPagesAreKeptUntilTheyAreDone() throws Exception {
        TestBrowser browser = new TestBrowser(port).logIn("robin");

        assertThat(browser.open("/wizard/choose?item=pens").body()).isEqualTo("3 of pens");
        assertThat(browser.open("/wizard/done").body()).isEqualTo("0 of nothing");
    }

    @Test
    void anUnhandledExceptionOfSomebodyLoggedInIsAnErrorPage() throws Exception {
        TestBrowser browser = new TestBrowser(port).logIn("robin");
        assertThat(browser.open("/fail").status()).isEqualTo(500);
        assertThat(browser.open("/page").body()).isEqualTo("page  of robin");
    }

    @Test
    void aBrowserIsToldThatTheStoreFailsThoughTheErrorPageNeedsALogin() throws Exception {
        TestBrowser browser = new TestBrowser(port).logIn("robin");
        jdbc.execute("alter table session_data rename to elsewhere");
        try {
            assertThat(browser.open("/page").status()).isEqualTo(503);
            assertThat(browser.body()).isEqualTo("Sessions are unavailable at the moment. Try again.");
        } finally {
            jdbc.execute("alter table elsewhere rename to session_data");
        }
        assertThat(browser.open("/page").body()).isEqualTo("page  of robin");
    }

    private String data() {
        return String.valueOf(
                jdbc.queryForObject("select data from session_data where principal = 'robin'", String.class));
    }

    private String token() {
        String data =
                String.valueOf(jdbc.queryForObject("select data from session_data where version >= 0", String.class));
        return data.replaceAll(".*\"SPRING_SECURITY_CSRF_TOKEN\":\"([^\"]+)\".*", "$1");
    }
}
