package dev.sessionstorage.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.Sessions;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.FormLoginConfigurer;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.DelegatingAuthenticationFailureHandler;
import org.springframework.security.web.authentication.ExceptionMappingAuthenticationFailureHandler;
import org.springframework.security.web.authentication.SimpleUrlAuthenticationFailureHandler;
import org.springframework.security.web.authentication.rememberme.TokenBasedRememberMeServices;
import org.springframework.security.web.authentication.session.ConcurrentSessionControlAuthenticationStrategy;
import org.springframework.security.web.authentication.session.RegisterSessionAuthenticationStrategy;
import org.springframework.security.web.session.SimpleRedirectInvalidSessionStrategy;

/** Handlers that the application passes to a chain are left alone, even if they are, or extend, Spring Security's classes. */
@SpringBootTest(
        classes = SecuredApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:own-handlers",
            "session.cookie.secrets=3f1c6b0a9d7e4f528b6a0c1d2e3f4a5b"
        })
@Import(OwnHandlersTest.Chains.class)
class OwnHandlersTest {

    /** Redirects, and then keeps its own data in an {@code HttpSession}. */
    private static class Counting extends SimpleUrlAuthenticationFailureHandler {

        Counting() {
            super("/failed");
        }

        @Override
        public void onAuthenticationFailure(
                HttpServletRequest request, HttpServletResponse response, AuthenticationException exception)
                throws IOException, ServletException {
            super.onAuthenticationFailure(request, response, exception);
            request.getSession().setAttribute("failures", 1);
        }
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class Chains {

        private static final Counting SHARED = new Counting();

        /** A handler may also be set explicitly to the default behaviour. */
        @Bean
        SimpleUrlAuthenticationFailureHandler failures() {
            SimpleUrlAuthenticationFailureHandler failures = new SimpleUrlAuthenticationFailureHandler("/failed");
            failures.setAllowSessionCreation(true);
            return failures;
        }

        @Bean
        SecurityFilterChain subclass(HttpSecurity http) {
            return failing(http, "subclass", login -> login.failureHandler(SHARED));
        }

        @Bean
        SecurityFilterChain shared(HttpSecurity http) {
            return failing(http, "shared", login -> login.failureHandler(SHARED));
        }

        @Bean
        SecurityFilterChain anonymous(HttpSecurity http) {
            return failing(http, "anonymous", login -> login.failureHandler(new Counting() {}));
        }

        @Bean
        SecurityFilterChain bean(HttpSecurity http, SimpleUrlAuthenticationFailureHandler failures) {
            return failing(http, "bean", login -> login.failureHandler(failures));
        }

        @Bean
        SecurityFilterChain mapping(HttpSecurity http) {
            ExceptionMappingAuthenticationFailureHandler mapping = new ExceptionMappingAuthenticationFailureHandler();
            mapping.setExceptionMappings(Map.of(LockedException.class.getName(), "/locked"));
            mapping.setDefaultFailureUrl("/failed");
            return failing(http, "mapping", login -> login.failureHandler(mapping));
        }

        @Bean
        SecurityFilterChain delegating(HttpSecurity http) {
            DelegatingAuthenticationFailureHandler delegating = new DelegatingAuthenticationFailureHandler(
                    new LinkedHashMap<>(Map.of(BadCredentialsException.class, new Counting())),
                    new SimpleUrlAuthenticationFailureHandler());
            return failing(http, "delegating", login -> login.failureHandler(delegating));
        }

        @Bean
        SecurityFilterChain later(HttpSecurity http) {
            return failing(http, "later", login -> login.failureUrl("/unused").failureHandler(SHARED));
        }

        @Bean
        SecurityFilterChain url(HttpSecurity http) {
            return failing(http, "url", login -> login.failureHandler(SHARED).failureUrl("/failed"));
        }

        @Bean
        SecurityFilterChain plain(HttpSecurity http) {
            return failing(http, "plain", login -> {});
        }

        @Bean
        SecurityFilterChain forward(HttpSecurity http) {
            return failing(http, "forward", login -> login.failureForwardUrl("/forward/failed"));
        }

        private static SecurityFilterChain failing(
                HttpSecurity http, String path, Customizer<FormLoginConfigurer<HttpSecurity>> login) {
            return http.securityMatcher("/" + path + "/**")
                    .csrf(AbstractHttpConfigurer::disable)
                    .formLogin(form -> login.customize(form.loginProcessingUrl("/" + path + "/login")))
                    .build();
        }

        @Bean
        SecurityFilterChain remembering(HttpSecurity http, UserDetailsService users) {
            TokenBasedRememberMeServices own = new TokenBasedRememberMeServices("key", users);
            own.setCookieName("mine");
            own.setAlwaysRemember(true);
            return http.securityMatcher("/remembering/**")
                    .csrf(AbstractHttpConfigurer::disable)
                    .formLogin(form -> form.loginProcessingUrl("/remembering/login"))
                    .rememberMe(remember -> remember.key("key").rememberMeServices(own))
                    .build();
        }

        @Bean
        SimpleRedirectInvalidSessionStrategy ended() {
            return new SimpleRedirectInvalidSessionStrategy("/public");
        }

        @Bean
        SecurityFilterChain everythingElse(HttpSecurity http, SimpleRedirectInvalidSessionStrategy ended) {
            return http.sessionManagement(sessions -> sessions.invalidSessionStrategy(ended))
                    .build();
        }
    }

    @LocalServerPort
    private int port;

    @Autowired
    private SimpleUrlAuthenticationFailureHandler failures;

    @Autowired
    private SimpleRedirectInvalidSessionStrategy ended;

    /** Some handlers here create an {@code HttpSession} on purpose. */
    @AfterEach
    void forgetHttpSessions() {
        SecuredApplication.HTTP_SESSIONS.clear();
    }

    @ParameterizedTest
    @CsvSource({
        "subclass,   /failed,      1",
        "shared,     /failed,      1",
        "anonymous,  /failed,      1",
        "bean,       /failed,      1",
        "mapping,    /failed,      1",
        "delegating, /failed,      1",
        "later,      /failed,      1",
        "url,        /failed,      0",
        "plain,      /login?error, 0"
    })
    void aWrongPasswordLeadsWhereItsHandlerSays(String path, String to, int httpSessions) throws Exception {
        TestBrowser browser = wrongPassword(path);

        assertThat(browser.status()).isEqualTo(302);
        assertThat(browser.last().headers().firstValue("Location"))
                .hasValueSatisfying(location -> assertThat(location).endsWith(to));
        assertThat(SecuredApplication.HTTP_SESSIONS).hasSize(httpSessions);
    }

    @Test
    void aForwardStaysOne() throws Exception {
        TestBrowser browser = wrongPassword("forward");

        // The page does not exist.
        assertThat(browser.status()).isEqualTo(404);
        assertThat(SecuredApplication.HTTP_SESSIONS).isEmpty();
    }

    private TestBrowser wrongPassword(String path) throws Exception {
        TestBrowser browser = new TestBrowser(port);
        browser.post("/" + path + "/login", Map.of("username", "robin", "password", "wrong"));
        return browser;
    }

    @Test
    void whatAHandlerWasToldStays() {
        assertThat(WithoutHttpSession.field(failures, "allowSessionCreation")).isEqualTo(true);
        assertThat(WithoutHttpSession.field(ended, "createNewSession")).isEqualTo(true);
    }

    @Test
    void rememberMeServicesOfTheApplicationRemember() throws Exception {
        TestBrowser browser = new TestBrowser(port);
        browser.post("/remembering/login", Map.of("username", "robin", "password", "robin's password"));

        assertThat(browser.cookies()).containsKey("mine");
    }

    @Test
    void aRegistrationOfTheApplicationIsNotReplaced() {
        Sessions sessions = SessionStorage.builder()
                .cookie(SessionCookie.named("session"))
                .repository(new InMemorySessionDataRepository())
                .build()
                .sessions();
        PrincipalSessionRegistry registry = new PrincipalSessionRegistry(sessions);
        WithoutHttpSession chain =
                new WithoutHttpSession(ObjectPostProcessor.identity(), new StaleForms(), object -> {});
        chain.postProcess(new ConcurrentSessionControlAuthenticationStrategy(registry));
        RegisterSessionAuthenticationStrategy own = new RegisterSessionAuthenticationStrategy(registry) {};

        assertThat(chain.postProcess(own)).isSameAs(own);
    }
}
