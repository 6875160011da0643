package dev.sessionstorage.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.Sessions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.test.context.TestPropertySource;

/** Filter chains that the application configures itself keep working, and their settings win. */
class ConfiguredChainTest {

    @SpringBootTest(
            classes = SecuredApplication.class,
            webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
            properties = {
                "spring.datasource.generate-unique-name=true",
                "session.cookie.secrets=3f1c6b0a9d7e4f528b6a0c1d2e3f4a5b"
            })
    abstract static class OverHttp {

        @LocalServerPort
        int port;

        @Autowired
        JdbcTemplate jdbc;

        @Autowired
        DataSource dataSource;

        @BeforeEach
        @AfterEach
        void noHttpSession() {
            assertThat(SecuredApplication.HTTP_SESSIONS).isEmpty();
        }

        @BeforeEach
        void noSession() {
            jdbc.update("delete from session_data");
        }

        TestBrowser browser() {
            return new TestBrowser(port);
        }

        int sessionsOfRobin() {
            return jdbc.queryForList("select 1 from session_data where principal = 'robin'")
                    .size();
        }
    }

    static HttpSecurity pages(HttpSecurity http) {
        return http.authorizeHttpRequests(requests -> requests.requestMatchers(
                                "/public", "/form", "/long-form", "/servlet/*", "/shown", "/error")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .formLogin(Customizer.withDefaults());
    }

    @Nested
    @Import(TheNewestWins.Chain.class)
    class TheNewestWins extends OverHttp {

        @TestConfiguration(proxyBeanMethods = false)
        static class Chain {
            @Bean
            SecurityFilterChain chain(HttpSecurity http) {
                return pages(http)
                        .sessionManagement(sessions -> sessions.maximumSessions(2))
                        .build();
            }
        }

        @Test
        void aLoginOverTheLimitEndsTheLeastRecentlyUsedSession() throws Exception {
            TestBrowser first = browser().logIn("robin");
            TestBrowser second = browser().logIn("robin");
            TestBrowser third = browser().logIn("robin");

            assertThat(first.open("/page").at()).isEqualTo("/login");
            assertThat(second.open("/page").at()).isEqualTo("/page");
            assertThat(third.open("/page").at()).isEqualTo("/page");
            assertThat(sessionsOfRobin()).isEqualTo(2);
            assertThat(browser().logIn("kim").open("/page").at()).isEqualTo("/page");
        }

        @Test
        void everyPageCostsOneStatement() throws Exception {
            TestBrowser browser = browser().logIn("robin");
            assertThat(browser.statements(dataSource, "/public")).hasSize(1);
            assertThat(browser.statements(dataSource, "/page")).hasSize(1);
        }

        @Test
        void loginsAtTheSameTimeDoNotExceedTheLimit() throws Exception {
            List<Callable<TestBrowser>> logins = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                TestBrowser browser = browser().open("/login");
                logins.add(() -> browser.submit("/login", Map.of("username", "robin", "password", "robin's password")));
            }
            ExecutorService threads = Executors.newFixedThreadPool(logins.size());
            for (Future<TestBrowser> login : threads.invokeAll(logins)) {
                login.get();
            }
            threads.shutdown();

            assertThat(sessionsOfRobin()).isEqualTo(2);
        }

        @Test
        void loggingInAgainDoesNotCountTwice() throws Exception {
            TestBrowser first = browser().logIn("robin");
            TestBrowser second = browser().logIn("robin");
            String before = second.session();
            second.logIn("robin");

            assertThat(second.session()).isNotEqualTo(before);
            assertThat(first.open("/page").at()).isEqualTo("/page");
            assertThat(second.open("/page").at()).isEqualTo("/page");
            assertThat(sessionsOfRobin()).isEqualTo(2);
        }
    }

    @Nested
    @Import(TheOldestWins.Chain.class)
    class TheOldestWins extends OverHttp {

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

        @Autowired
        Sessions sessions;

        @Test
        void aLoginOverTheLimitIsRefusedUntilTheOtherSessionEnds() throws Exception {
            TestBrowser first = browser().logIn("robin");
            TestBrowser second = browser().logIn("robin");

            assertThat(second.at()).isEqualTo("/login?error");
            assertThat(first.open("/page").at()).isEqualTo("/page");
            assertThat(first.logIn("robin").open("/page").at()).isEqualTo("/page");
            assertThat(sessions.endAll("robin")).isEqualTo(1);
            assertThat(first.open("/page").at()).isEqualTo("/login");
            assertThat(second.logIn("robin").open("/page").at()).isEqualTo("/page");
        }
    }

    @Nested
    @Import(Remembered.Chain.class)
    class Remembered extends OverHttp {

        @TestConfiguration(proxyBeanMethods = false)
        static class Chain {
            @Bean
            SecurityFilterChain chain(HttpSecurity http) {
                return pages(http)
                        .rememberMe(remember -> remember.tokenValiditySeconds(7 * 24 * 60 * 60))
                        .build();
            }
        }

        @Test
        void whoAsksForItGetsALongerSessionInsteadOfASecondCookie() throws Exception {
            TestBrowser browser = browser().open("/login");
            assertThat(browser.body()).contains("remember-me");
            browser.post("/login", form(browser, true));

            assertThat(browser.last().headers().allValues("Set-Cookie"))
                    .singleElement()
                    .asString()
                    .startsWith(TestBrowser.SESSION + "=")
                    .contains("; Max-Age=604800;");
            Long expires =
                    jdbc.queryForObject("select expires from session_data where principal = 'robin'", Long.class);
            assertThat(Instant.ofEpochMilli(expires == null ? 0 : expires))
                    .isBetween(
                            Instant.now().plus(Duration.ofDays(7)).minusSeconds(60),
                            Instant.now().plus(Duration.ofDays(7)));
            assertThat(browser.open("/page").at()).isEqualTo("/page");
        }

        @Test
        void aPageThatNobodyAuthorizesCostsNothing() throws Exception {
            TestBrowser browser = browser().logIn("robin", "remember-me");
            assertThat(browser.statements(dataSource, "/public")).isEmpty();
        }

        @Test
        void theNextUserOfTheBrowserIsNotRemembered() throws Exception {
            TestBrowser browser = browser().logIn("robin", "remember-me");
            browser.open("/login");
            browser.post("/login", Map.of("username", "kim", "password", "kim's password", "_csrf", browser.csrf()));

            assertThat(browser.last().headers().allValues("Set-Cookie"))
                    .singleElement()
                    .asString()
                    .doesNotContain("Max-Age");
        }

        @Test
        void whoDoesNotAskGetsABrowserSession() throws Exception {
            TestBrowser browser = browser().open("/login");
            browser.post("/login", form(browser, false));

            assertThat(browser.last().headers().allValues("Set-Cookie"))
                    .singleElement()
                    .asString()
                    .doesNotContain("Max-Age");
        }

        private Map<String, String> form(TestBrowser browser, boolean remember) {
            return Map.of(
                    "username",
                    "robin",
                    "password",
                    "robin's password",
                    "_csrf",
                    browser.csrf(),
                    remember ? "remember-me" : "other",
                    "on");
        }
    }

    @Nested
    @Import(Remembered.Chain.class)
    @TestPropertySource(properties = "session.cookie.max-age=2h")
    class RememberedForAWhileAnyway extends OverHttp {

        @Test
        void whoDoesNotAskKeepsTheCookieAsLongAsEverybody() throws Exception {
            TestBrowser browser = browser().logIn("robin", "remember-me");
            browser.open("/login");
            browser.post("/login", Map.of("username", "kim", "password", "kim's password", "_csrf", browser.csrf()));

            assertThat(browser.last().headers().allValues("Set-Cookie"))
                    .singleElement()
                    .asString()
                    .contains("; Max-Age=7200;");
        }
    }

    @Nested
    @Import(RememberedAndLimited.Chain.class)
    class RememberedAndLimited extends OverHttp {

        @TestConfiguration(proxyBeanMethods = false)
        static class Chain {
            @Bean
            SecurityFilterChain chain(HttpSecurity http) {
                return pages(http)
                        .rememberMe(remember -> remember.tokenValiditySeconds(7 * 24 * 60 * 60))
                        .sessionManagement(sessions -> sessions.maximumSessions(2))
                        .build();
            }
        }

        @Test
        void theCookieIsSentOnceAndLastsAsLongAsWasAskedFor() throws Exception {
            TestBrowser browser = browser().open("/login");
            browser.post("/login", form(browser, "remember-me"));
            assertThat(sessionCookie(browser)).contains("; Max-Age=604800;");
            assertThat(browser.open("/page").at()).isEqualTo("/page");

            browser.open("/login");
            browser.post("/login", form(browser, "other"));
            assertThat(sessionCookie(browser)).doesNotContain("Max-Age");
        }

        private static String sessionCookie(TestBrowser browser) {
            List<String> cookies = browser.last().headers().allValues("Set-Cookie").stream()
                    .filter(header -> header.startsWith(TestBrowser.SESSION + "="))
                    .toList();
            assertThat(cookies).hasSize(1);
            return cookies.get(0);
        }

        private static Map<String, String> form(TestBrowser browser, String ticked) {
            return Map.of("username", "robin", "password", "robin's password", "_csrf", browser.csrf(), ticked, "on");
        }
    }

    @Nested
    @Import(Stateless.Chains.class)
    class Stateless extends OverHttp {

        @TestConfiguration(proxyBeanMethods = false)
        static class Chains {
            @Bean
            @Order(1)
            SecurityFilterChain api(HttpSecurity http) {
                return http.securityMatcher("/count")
                        .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                        .httpBasic(Customizer.withDefaults())
                        .csrf(AbstractHttpConfigurer::disable)
                        .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                        .build();
            }

            @Bean
            SecurityFilterChain chain(HttpSecurity http) {
                return pages(http).build();
            }
        }

        @Test
        void aStatelessChainStartsNoSession() throws Exception {
            TestBrowser browser = browser();
            assertThat(browser.get("/count").statusCode()).isEqualTo(401);
            assertThat(browser.cookies()).isEmpty();
            assertThat(jdbc.queryForList("select 1 from session_data")).isEmpty();
        }

        @Test
        void aStatelessChainTakesNoLoginFromTheSession() throws Exception {
            TestBrowser browser = browser().logIn("robin");
            String cookie = browser.session();

            assertThat(browser.get("/count").statusCode()).isEqualTo(401);
            assertThat(browser.get("/count", "Authorization", "Basic cm9iaW46cm9iaW4ncyBwYXNzd29yZA==")
                            .body())
                    .isEqualTo("1");
            assertThat(browser.session()).isEqualTo(cookie);
            assertThat(browser.open("/page").at()).isEqualTo("/page");
        }
    }

    @Nested
    @Import(Overridden.Chain.class)
    class Overridden extends OverHttp {

        @TestConfiguration(proxyBeanMethods = false)
        static class Chain {
            @Bean
            SecurityFilterChain chain(HttpSecurity http) {
                return pages(http)
                        .securityContext(context ->
                                context.securityContextRepository(new RequestAttributeSecurityContextRepository()))
                        .csrf(csrf -> csrf.csrfTokenRepository(CookieCsrfTokenRepository.withHttpOnlyFalse()))
                        .build();
            }
        }

        @Test
        void whatTheChainSaysWins() throws Exception {
            TestBrowser browser = browser().logIn("robin");

            assertThat(browser.cookies()).containsKey("XSRF-TOKEN");
            assertThat(browser.open("/page").at()).isEqualTo("/login");
            assertThat(sessionsOfRobin()).isZero();
        }
    }

    @Nested
    @Import(SomePagesPublic.Chain.class)
    class SomePagesPublic extends OverHttp {

        @TestConfiguration(proxyBeanMethods = false)
        static class Chain {
            @Bean
            SecurityFilterChain chain(HttpSecurity http) {
                return pages(http).build();
            }
        }

        @Test
        void aPageThatNobodyAuthorizesCostsNothing() throws Exception {
            TestBrowser browser = browser().logIn("robin");
            assertThat(browser.statements(dataSource, "/public")).isEmpty();
            assertThat(browser.statements(dataSource, "/page")).hasSize(1);
            assertThat(browser().statements(dataSource, "/public")).isEmpty();
        }
    }

    @Nested
    @Import(SomePagesPublic.Chain.class)
    class FormsAndServletCalls extends OverHttp {

        /** Tomcat's default buffer holds 8 KB. */
        @ParameterizedTest
        @CsvSource({"10, text/html", "60000, text/html", "60000, TEXT/HTML", "60000, application/xhtml+xml"})
        void aPageMayStartItsSessionByTheTokenOfItsLastForm(int before, String type) throws Exception {
            TestBrowser browser = browser().open("/long-form?before=" + before + "&type=" + type.replace("+", "%2B"));
            assertThat(browser.status()).isEqualTo(200);
            assertThat(browser.submit("/form", Map.of("text", "a")).body()).isEqualTo("saved a");
        }

        @Test
        void aPageMayDoSoWhereTheBrowserHasTheCookieOfASessionThatHasEnded() throws Exception {
            TestBrowser browser = browser().open("/form");
            String ended = browser.session();
            browser.open("/servlet/logout").cookies().put(TestBrowser.SESSION, ended);

            browser.open("/long-form?before=60000");

            assertThat(browser.status()).isEqualTo(200);
            assertThat(browser.session()).isNotEqualTo(ended);
            assertThat(browser.submit("/form", Map.of("text", "a")).body()).isEqualTo("saved a");
        }

        @Test
        void aPageOfASessionMayHaveItsFirstFormAnywhere() throws Exception {
            TestBrowser browser = browser().open("/count").open("/long-form?before=300000");
            assertThat(browser.submit("/form", Map.of("text", "a")).body()).isEqualTo("saved a");
        }

        @Test
        void aServletLoginLastsAndGivesTheSessionANewId() throws Exception {
            TestBrowser browser = browser().open("/form");
            String before = browser.session();
            assertThat(browser.open("/servlet/login").body()).isEqualTo("hello");

            assertThat(browser.session()).isNotEqualTo(before);
            assertThat(browser.open("/page").body()).isEqualTo("page  of robin");
        }

        @Test
        void aServletLogoutLastsAndIsNotTheEndOfTheRequest() throws Exception {
            TestBrowser browser = browser().logIn("robin");
            String before = browser.session();
            assertThat(browser.open("/servlet/logout").body()).startsWith("bye, next token ");

            assertThat(sessionsOfRobin()).isZero();
            assertThat(browser.session()).isNotEqualTo(before);
            assertThat(browser.open("/page").at()).isEqualTo("/login");
        }

        @Test
        void aLogoutMayLeaveAMessage() throws Exception {
            TestBrowser browser = browser().logIn("robin").open("/servlet/logout-with-a-message");
            assertThat(browser.body()).isEqualTo("bye, null");
            assertThat(sessionsOfRobin()).isZero();
        }
    }

    @Nested
    @Import(EndedInAForm.Chain.class)
    class EndedInAForm extends OverHttp {

        @TestConfiguration(proxyBeanMethods = false)
        static class Chain {
            @Bean
            SecurityFilterChain chain(HttpSecurity http) {
                return pages(http)
                        .sessionManagement(sessions -> sessions.invalidSessionUrl("/public"))
                        .build();
            }
        }

        @Test
        void aCookieOfTheContainerFromBeforeDoesNotMatter() throws Exception {
            TestBrowser browser = browser();
            browser.cookies().put("JSESSIONID", "0123456789ABCDEF0123456789ABCDEF");
            assertThat(browser.open("/public").body()).isEqualTo("public");
        }

        @Test
        void aFormWhoseSessionHasEndedLeadsToThePageForIt() throws Exception {
            TestBrowser browser = browser().logIn("robin").open("/form");
            jdbc.update("delete from session_data");

            assertThat(browser.submit("/form", Map.of("text", "lost")).at()).isEqualTo("/public");
        }

        @Test
        void theLoginFormOfASecondTabLeadsToAFreshOne() throws Exception {
            TestBrowser browser = browser().open("/login");
            TestBrowser tab = browser();
            tab.cookies().putAll(browser.cookies());
            tab.open("/login").submit("/login", Map.of("username", "robin", "password", "robin's password"));
            tab.open("/form");
            browser.cookies().putAll(tab.cookies());

            browser.submit("/login", Map.of("username", "robin", "password", "robin's password"));
            assertThat(browser.at()).isEqualTo("/login");
        }
    }
}
