package dev.sessionstorage.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;

/** Overlapping logins, rotations and requests over real HTTP. The overlapping part runs while a login looks up the password. */
class OverlapTest {

    private static final Map<String, String> ROBIN =
            Map.of("username", "robin", "password", "robin's password", "remember-me", "on");

    @SpringBootTest(
            classes = SecuredApplication.class,
            webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
            properties = {
                "spring.datasource.url=jdbc:h2:mem:overlap",
                "session.cookie.secrets=3f1c6b0a9d7e4f528b6a0c1d2e3f4a5b"
            })
    abstract static class OverHttp {

        @LocalServerPort
        int port;

        @Autowired
        JdbcTemplate jdbc;

        @BeforeEach
        void noSession() {
            jdbc.update("delete from session_data");
        }

        TestBrowser browser() {
            return new TestBrowser(port);
        }

        /** Opens another tab: a browser with a copy of the current cookies. */
        TestBrowser tab(TestBrowser browser) {
            TestBrowser tab = browser();
            tab.cookies().putAll(browser.cookies());
            return tab;
        }

        /**
         * Submits one login form several times, each time before the previous response. Returns the tabs in the order of the
         * responses.
         */
        List<TestBrowser> logInAtOnce(TestBrowser form, int number) {
            Map<String, String> fields = new LinkedHashMap<>(ROBIN);
            fields.put("_csrf", form.csrf());
            List<TestBrowser> answered = new ArrayList<>();
            logInAtOnce(form, fields, number, answered);
            return answered;
        }

        private void logInAtOnce(TestBrowser form, Map<String, String> fields, int left, List<TestBrowser> answered) {
            if (left == 0) {
                return;
            }
            SecuredApplication.DURING_LOGIN.set(() -> logInAtOnce(form, fields, left - 1, answered));
            TestBrowser tab = tab(form);
            post(tab, "/login", fields);
            answered.add(tab);
        }

        static HttpResponse<String> post(TestBrowser browser, String path, Map<String, String> fields) {
            try {
                return browser.post(path, fields);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        static List<String> cookies(HttpResponse<String> response) {
            return response.headers().allValues("Set-Cookie");
        }

        static void assertMustBeRepeated(HttpResponse<String> response) {
            assertThat(response.statusCode()).isEqualTo(409);
            assertThat(cookies(response)).isEmpty();
            assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(response.body()).doesNotContain("robin");
        }
    }

    static HttpSecurity pages(HttpSecurity http) {
        return http.authorizeHttpRequests(requests -> requests.requestMatchers(
                                "/public", "/form", "/count", "/servlet/*", "/shown", "/redirect", "/error")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .formLogin(Customizer.withDefaults());
    }

    @Nested
    @Import(FormLogin.Chain.class)
    class FormLogin extends OverHttp {

        @TestConfiguration(proxyBeanMethods = false)
        static class Chain {
            @Bean
            SecurityFilterChain chain(HttpSecurity http) {
                return pages(http).rememberMe(Customizer.withDefaults()).build();
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {2, 3})
        void aLoginFormSentSeveralTimesAtOnceLogsInWithEachCookie(int number) throws Exception {
            TestBrowser form = browser().open("/count").open("/count").open("/login");
            List<TestBrowser> answered = logInAtOnce(form, number);

            assertThat(answered).hasSize(number).allSatisfy(tab -> {
                assertThat(tab.status()).isEqualTo(302);
                assertThat(tab.last().headers().firstValue("Location"))
                        .hasValueSatisfying(location -> assertThat(location).doesNotContain("error"));
                assertThat(cookies(tab.last())).singleElement().asString().contains("; Max-Age=1209600;");
                assertThat(tab.open("/page").body()).isEqualTo("page  of robin");
                assertThat(tab.open("/count").body()).isEqualTo("3");
            });
            assertThat(answered.stream().map(TestBrowser::session)).doesNotHaveDuplicates();
        }

        @ParameterizedTest
        @CsvSource({"/page", "/count", "/form", "/redirect"})
        void aPageThatIsAskedForWithTheIdFromBeforeIsAskedForAgain(String path) throws Exception {
            TestBrowser before = browser().open("/login");
            TestBrowser late = tab(before);
            before.submit("/login", ROBIN);

            HttpResponse<String> response = late.get(path);

            assertMustBeRepeated(response);
            assertThat(response.headers().firstValue("Refresh")).hasValue("1");
            assertMustBeRepeated(late.get(path, "Accept", "application/json"));
            assertThat(late.last().body()).contains("\"status\":409", "Send the request again");
            late.cookies().putAll(before.cookies());
            assertThat(late.open(path).status()).isEqualTo(200);
        }

        @ParameterizedTest
        @ValueSource(strings = {"/form", "/login", "/logout"})
        void aFormWithTheIdFromBeforeIsNeverRepeatedByItself(String path) throws Exception {
            TestBrowser before = browser().open("/login");
            TestBrowser late = tab(before);
            String token = before.csrf();
            before.submit("/login", ROBIN);

            Map<String, String> fields = new LinkedHashMap<>(ROBIN);
            fields.putAll(Map.of("_csrf", token, "text", "a"));
            HttpResponse<String> response = late.post(path, fields);

            assertMustBeRepeated(response);
            assertThat(response.headers().firstValue("Refresh")).isEmpty();
            assertThat(before.open("/page").body()).isEqualTo("page  of robin");
        }

        @Test
        void aPageThatNeedsNoSessionIsShownWithTheIdFromBefore() throws Exception {
            TestBrowser before = browser().open("/login");
            TestBrowser late = tab(before);
            before.submit("/login", ROBIN);

            assertThat(late.get("/public").body()).isEqualTo("public");
            assertThat(cookies(late.last())).isEmpty();
        }

        @Test
        void aChangeThatTheLoginOvertakesIsToBeRepeatedAndLogsNobodyOut() throws Exception {
            TestBrowser browser = browser().open("/count").open("/login");
            TestBrowser other = tab(browser);
            SecuredApplication.DURING_LOGIN.set(() ->
                    assertThat(post(other, "/login", Map.of()).statusCode()).isEqualTo(302));
            browser.submit("/login", ROBIN);
            assertThat(browser.open("/count").body()).isEqualTo("2");
        }

        @Test
        void anIdWhoseSessionHasEndedBeginsAnotherOne() throws Exception {
            TestBrowser browser = browser().logIn("robin");
            TestBrowser late = tab(browser);
            browser.open("/logout").submit("/logout", Map.of());

            assertThat(late.open("/page").at()).isEqualTo("/login");
            assertThat(late.open("/count").body()).isEqualTo("1");
        }

        @Test
        void aLogoutExpiresTheSessionsCookieAndNoOther() throws Exception {
            TestBrowser browser = browser().logIn("robin", "remember-me").open("/logout");
            browser.post("/logout", Map.of("_csrf", browser.csrf()));

            assertThat(cookies(browser.last())).singleElement().asString().startsWith(TestBrowser.SESSION + "=;");
        }

        @ParameterizedTest
        @CsvSource({
            "HEAD, X-None, none",
            "GET, Sec-Purpose, prefetch",
            "GET, Sec-Purpose, prefetch;prerender",
            "GET, Purpose, prefetch",
            "GET, X-Moz, prefetch"
        })
        void whatNobodySeesTakesNoFlashAttributes(String method, String header, String value) throws Exception {
            TestBrowser browser = browser().logIn("robin");
            browser.get("/redirect");

            browser.request(method, "/shown", header, value);

            assertThat(browser.open("/shown").body()).startsWith("It is saved");
            assertThat(browser.open("/shown").body()).isEqualTo("null, null");
        }

        @ParameterizedTest
        @CsvSource({
            "Sec-Fetch-Dest, image",
            "Sec-Fetch-Dest, manifest",
            "Sec-Fetch-Dest, serviceworker",
            "Sec-Fetch-Dest, script",
            "Sec-Fetch-Dest, empty",
            "Sec-Fetch-Mode, cors",
            "Sec-Fetch-Mode, no-cors",
            "Sec-Purpose, prefetch",
            "Purpose, prefetch",
            "X-Moz, prefetch"
        })
        void onlyAPageIsTheWantedOne(String header, String value) throws Exception {
            TestBrowser browser = browser();
            browser.get("/page?q=wanted", "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate");
            browser.get("/page?q=other", header, value);

            browser.open("/login").submit("/login", ROBIN);
            assertThat(browser.body()).isEqualTo("page wanted of robin");
        }

        @ParameterizedTest
        @ValueSource(strings = {"document", "iframe"})
        void aPageInAFrameIsOneToo(String destination) throws Exception {
            TestBrowser browser = browser();
            browser.get("/page?q=framed", "Sec-Fetch-Dest", destination, "Sec-Fetch-Mode", "navigate");

            browser.open("/login").submit("/login", ROBIN);
            assertThat(browser.body()).isEqualTo("page framed of robin");
        }

        /** The ways in which a form becomes older than the session. */
        enum Stale {
            ENDED,
            EXPIRED_COOKIE,
            LOGGED_IN_IN_ANOTHER_TAB
        }

        @ParameterizedTest
        @EnumSource
        void aLoginFormThatIsOlderThanTheSessionLeadsToAFreshOne(Stale stale) throws Exception {
            TestBrowser browser = browser().open("/login");
            TestBrowser form = tab(browser).open("/login");
            switch (stale) {
                case ENDED -> jdbc.update("delete from session_data");
                case EXPIRED_COOKIE -> form.cookies().clear();
                case LOGGED_IN_IN_ANOTHER_TAB -> {
                    browser.submit("/login", ROBIN);
                    form.cookies().putAll(browser.cookies());
                }
            }

            assertThat(form.submit("/login", ROBIN).at()).isEqualTo("/login");
            assertThat(form.status()).isEqualTo(200);
            assertThat(form.submit("/login", ROBIN).open("/page").body()).isEqualTo("page  of robin");
        }

        @Test
        void aFormOfATabThatWasLoggedOutInAnotherLeadsToTheLogin() throws Exception {
            TestBrowser note = browser().logIn("robin").open("/form");
            TestBrowser other = tab(note);
            other.open("/logout").submit("/logout", Map.of());
            note.cookies().clear();
            note.cookies().putAll(other.cookies());

            assertThat(note.submit("/form", Map.of("text", "lost")).at()).isEqualTo("/login");
        }

        @ParameterizedTest
        @CsvSource({"Accept, application/json", "Sec-Fetch-Mode, cors", "X-Requested-With, XMLHttpRequest"})
        void aScriptIsStillForbiddenWhatHasNoToken(String header, String value) throws Exception {
            TestBrowser browser = browser();
            browser.request("POST", "/form", header, value);
            assertThat(browser.status()).isEqualTo(403);
        }

        @Test
        void aFormOfSomebodyLoggedInStillNeedsItsToken() throws Exception {
            TestBrowser browser = browser().logIn("robin");
            assertThat(browser.post("/form", Map.of("text", "a")).statusCode()).isEqualTo(403);
        }
    }

    /** A chain in which nothing else reads the session before the password check. */
    @Nested
    @Import(WithoutTokensInTheSession.Chain.class)
    class WithoutTokensInTheSession extends OverHttp {

        @TestConfiguration(proxyBeanMethods = false)
        static class Chain {
            @Bean
            SecurityFilterChain chain(HttpSecurity http) {
                return pages(http)
                        .csrf(csrf -> csrf.csrfTokenRepository(CookieCsrfTokenRepository.withHttpOnlyFalse()))
                        .build();
            }
        }

        @Test
        void aLoginFormSentSeveralTimesAtOnceLogsInWithEachCookie() throws Exception {
            List<TestBrowser> answered = logInAtOnce(browser().open("/count").open("/login"), 3);

            assertThat(answered).hasSize(3).allSatisfy(tab -> {
                assertThat(tab.status()).isEqualTo(302);
                assertThat(tab.open("/page").body()).isEqualTo("page  of robin");
                assertThat(tab.open("/count").body()).isEqualTo("2");
            });
        }
    }

    @Nested
    @Import(Limited.Chain.class)
    class Limited extends OverHttp {

        @TestConfiguration(proxyBeanMethods = false)
        static class Chain {
            @Bean
            SecurityFilterChain chain(HttpSecurity http) {
                return pages(http)
                        .sessionManagement(sessions -> sessions.maximumSessions(1))
                        .build();
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {2, 3})
        void aLoginFormSentSeveralTimesAtOnceCountsAsOneLogin(int number) throws Exception {
            List<TestBrowser> answered = logInAtOnce(browser().open("/count").open("/login"), number);

            assertThat(answered).hasSize(number).allSatisfy(tab -> {
                assertThat(tab.status()).isEqualTo(302);
                assertThat(tab.open("/page").body()).isEqualTo("page  of robin");
            });
            TestBrowser another = browser().logIn("robin");
            assertThat(another.open("/page").at()).isEqualTo("/page");
            assertThat(answered)
                    .allSatisfy(tab -> assertThat(tab.open("/page").at()).isEqualTo("/login"));
        }
    }

    @Nested
    @Import(LimitedToTheFirst.Chain.class)
    class LimitedToTheFirst extends OverHttp {

        @TestConfiguration(proxyBeanMethods = false)
        static class Chain {
            @Bean
            SecurityFilterChain chain(HttpSecurity http) {
                return pages(http)
                        .sessionManagement(
                                sessions -> sessions.maximumSessions(1).maxSessionsPreventsLogin(true))
                        .build();
            }
        }

        @Test
        void aLoginFormSentTwiceAtOnceIsNotRefusedForItsOwnLogin() throws Exception {
            List<TestBrowser> answered = logInAtOnce(browser().open("/login"), 2);

            assertThat(answered)
                    .allSatisfy(tab -> assertThat(tab.open("/page").body()).isEqualTo("page  of robin"));
            assertThat(browser().logIn("robin").at()).isEqualTo("/login?error");
        }
    }
}
