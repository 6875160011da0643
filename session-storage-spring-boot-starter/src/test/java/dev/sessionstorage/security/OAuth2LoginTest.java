package dev.sessionstorage.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * A login at an OpenID Connect provider. The provider is a real authorization server that keeps its own sessions in the same
 * way.
 */
@Tag("authorization-server")
@SpringBootTest(
        classes = SecuredApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "logging.level.org.springframework.security=TRACE",
            "spring.datasource.url=jdbc:h2:mem:oauth2-login",
            "session.cookie.secrets=3f1c6b0a9d7e4f528b6a0c1d2e3f4a5b",
            "spring.security.oauth2.client.registration.shop.client-id=shop",
            "spring.security.oauth2.client.registration.shop.client-secret=the shop's secret",
            "spring.security.oauth2.client.registration.shop.scope=openid,profile",
            "spring.security.oauth2.client.registration.shop.provider=provider"
        })
class OAuth2LoginTest {

    /** Runs once, while the provider checks the user's code for the shop. */
    private static final AtomicReference<Runnable> DURING_CALLBACK = new AtomicReference<>(() -> {});

    private static volatile String redirectUri = "http://localhost/unknown";

    private static final ConfigurableApplicationContext PROVIDER = new SpringApplicationBuilder(Provider.class)
            .web(WebApplicationType.SERVLET)
            .properties(Map.of(
                    "server.port",
                    "0",
                    "spring.datasource.url",
                    "jdbc:h2:mem:provider",
                    "session.repository",
                    "memory",
                    // Cookies do not distinguish the ports of a host.
                    "session.cookie.name",
                    "__Host-provider",
                    // Spring's authorization server creates its own HttpSessions.
                    "server.servlet.session.cookie.name",
                    "PROVIDER"))
            .run();

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Provider {

        @Bean
        AuthorizationServerSettings settings() {
            return AuthorizationServerSettings.builder().build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(User.withUsername("robin")
                    .password("{noop}robin's password")
                    .roles("USER")
                    .build());
        }

        @Bean
        RegisteredClientRepository clients() {
            return new RegisteredClientRepository() {

                private final String id = UUID.randomUUID().toString();

                @Override
                public void save(RegisteredClient client) {
                    // Called with the hashed secret while the shop asks for its
                    // token. The next login may hash it again.
                    DURING_CALLBACK.getAndSet(() -> {}).run();
                }

                @Override
                public RegisteredClient findById(String id) {
                    return client();
                }

                @Override
                public @Nullable RegisteredClient findByClientId(String clientId) {
                    return clientId.equals("shop") ? client() : null;
                }

                private RegisteredClient client() {
                    return RegisteredClient.withId(id)
                            .clientId("shop")
                            .clientSecret("{noop}the shop's secret")
                            .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                            .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                            .redirectUri(redirectUri)
                            .scope("openid")
                            .scope("profile")
                            .build();
                }
            };
        }
    }

    @DynamicPropertySource
    static void provider(DynamicPropertyRegistry registry) {
        registry.add(
                "spring.security.oauth2.client.provider.provider.issuer-uri",
                () -> "http://localhost:" + PROVIDER.getEnvironment().getProperty("local.server.port"));
    }

    @AfterAll
    static void stopProvider() {
        PROVIDER.close();
    }

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcTemplate jdbc;

    @BeforeEach
    void redirectHere() {
        redirectUri = "http://localhost:" + port + "/login/oauth2/code/shop";
        jdbc.update("delete from session_data");
    }

    @Test
    void aLoginAtAProviderIsKeptInTheSession() throws Exception {
        TestBrowser browser = new TestBrowser(port).open("/page?q=1");
        assertThat(browser.last().uri().getPort()).as("at the provider").isNotEqualTo(port);
        String before = browser.session();
        assertThat(data()).contains("SPRING_SECURITY_OAUTH2_AUTHORIZATION_REQUEST");

        browser.submit("/login", Map.of("username", "robin", "password", "robin's password"));
        assertThat(browser.last().uri().getPort()).isEqualTo(port);
        assertThat(browser.body()).isEqualTo("page 1 of robin");
        assertThat(browser.session()).isNotEqualTo(before);
        assertThat(browser.cookies()).containsOnlyKeys(TestBrowser.SESSION, "__Host-provider", "PROVIDER");
        assertThat(jdbc.queryForList("select principal from session_data where version >= 0", String.class))
                .isEqualTo(List.of("robin"));
        assertThat(data())
                .contains("OAuth2AuthenticationToken", "OidcIdToken")
                .contains("\"SPRING_SECURITY_OAUTH2_AUTHORIZATION_REQUEST\":[]");
        assertThat(SecuredApplication.HTTP_SESSIONS).isEmpty();
    }

    @Test
    void aLoginSucceedsThoughAnotherTabBeginsOneMeanwhile() throws Exception {
        TestBrowser browser = new TestBrowser(port).open("/page?q=1");
        TestBrowser tab = new TestBrowser(port);
        tab.cookies().putAll(browser.cookies());
        DURING_CALLBACK.set(() -> assertSentToTheProvider(tab));
        browser.submit("/login", Map.of("username", "robin", "password", "robin's password"));

        assertThat(browser.body()).isEqualTo("page 1 of robin");
        assertThat(data()).contains("OAuth2AuthorizationRequest");
    }

    private static void assertSentToTheProvider(TestBrowser tab) {
        try {
            assertThat(tab.get("/oauth2/authorization/shop").statusCode()).isEqualTo(302);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anAnswerThatNobodyAskedForIsNoLogin() throws Exception {
        TestBrowser browser = new TestBrowser(port).open("/login/oauth2/code/shop?code=made-up&state=made-up");

        assertThat(browser.at()).isEqualTo("/login?error");
        assertThat(jdbc.queryForList("select 1 from session_data where principal is not null"))
                .isEmpty();
        assertThat(SecuredApplication.HTTP_SESSIONS).isEmpty();
    }

    private String data() {
        return String.valueOf(jdbc.queryForObject("select data from session_data where version >= 0", String.class));
    }
}
