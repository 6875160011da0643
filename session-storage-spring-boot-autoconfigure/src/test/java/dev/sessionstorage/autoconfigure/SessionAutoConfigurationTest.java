package dev.sessionstorage.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.Session;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionEvent;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.Sessions;
import dev.sessionstorage.actuate.SessionMetrics;
import dev.sessionstorage.jpa.JpaSessionDataRepository;
import dev.sessionstorage.web.RequestSession;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.context.servlet.AnnotationConfigServletWebApplicationContext;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletContext;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Without a database: memory, the application's own repository, properties and startup failures. */
class SessionAutoConfigurationTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    JpaSessionAutoConfiguration.class,
                    SessionAutoConfiguration.class,
                    SessionMetricsAutoConfiguration.class,
                    SessionWebAutoConfiguration.class));

    @Test
    void sessionsAreKeptInMemoryWhereThereIsNothingElse() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(InMemorySessionDataRepository.class);
            SessionStorage storage = context.getBean(SessionStorage.class);
            Session session = storage.getSession();
            session.set("name", "value");
            String cookie = storage.commitSession(session);
            assertThat(cookie)
                    .startsWith("__Host-Http-session=")
                    .contains("Secure", "HttpOnly", "SameSite=Lax", "Path=/");
            assertThat(storage.getSession(cookie).get("name")).isEqualTo("value");
        });
    }

    @Test
    void aNonWebApplicationGetsNoFilter() {
        runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("sessionStorageFilter"));
    }

    @Test
    void worksWithoutJpaOnTheClasspath() {
        runner.withClassLoader(
                        new FilteredClassLoader(JpaSessionDataRepository.class, jakarta.persistence.Entity.class))
                .run(context -> assertThat(context).hasSingleBean(InMemorySessionDataRepository.class));
    }

    @Test
    void anApplicationsOwnRepositoryIsUsed() {
        runner.withBean("own", SessionDataRepository.class, OwnRepository::new)
                .withPropertyValues("session.cookie.secrets=" + SECRET)
                .run(context -> {
                    assertThat(context).hasSingleBean(SessionDataRepository.class);
                    Session session = context.getBean(SessionStorage.class).getSession();
                    session.set("a", 1);
                    context.getBean(SessionStorage.class).commitSession(session);
                    assertThat(session.id()).isEqualTo("own id");
                });
    }

    @Test
    void anApplicationsOwnRepositoryNeedsASecret() {
        assertFails(
                runner.withBean("own", SessionDataRepository.class, OwnRepository::new),
                "The session cookie has no secret, and its sessions outlive a restart",
                "openssl rand -base64 32");
    }

    @Test
    void aBeanGivesTheStorageAnotherMapper() {
        runner.withUserConfiguration(SnakeCase.class).run(context -> {
            SessionStorage storage = context.getBean(SessionStorage.class);
            Session session = storage.getSession();
            session.set("basket", new Basket(3));
            String cookie = storage.commitSession(session);
            assertThat(storage.getSession(cookie).get("basket")).isEqualTo(Map.of("item_count", 3));
            assertThat(storage.getSession(cookie).get("basket", Basket.class)).isEqualTo(new Basket(3));
        });
    }

    @Test
    void anApplicationsOwnStorageIsLeftAlone() {
        SessionStorage own = SessionStorage.builder()
                .cookie(SessionCookie.named("own").withSecrets(SECRET))
                .repository(new InMemorySessionDataRepository())
                .build();
        new WebApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(SessionAutoConfiguration.class, SessionWebAutoConfiguration.class))
                .withBean(SessionStorage.class, () -> own)
                .withBean(SessionDataRepository.class, OwnRepository::new)
                .run(context -> {
                    assertThat(context.getBean(SessionStorage.class)).isSameAs(own);
                    MockHttpServletResponse response = new MockHttpServletResponse();
                    Filter filter = context.getBean("sessionStorageFilter", FilterRegistrationBean.class)
                            .getFilter();
                    FilterChain chain = (request, same) ->
                            RequestSession.of((HttpServletRequest) request).set("a", 1);
                    Objects.requireNonNull(filter).doFilter(new MockHttpServletRequest(), response, chain);
                    assertThat(response.getHeader("Set-Cookie")).startsWith("own=");
                    assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");
                });
    }

    @Test
    void aSecondStorageBesideItKeepsSessionsOfItsOwn() {
        runner.withUserConfiguration(SecondStorage.class).run(context -> {
            SessionStorage storage = context.getBean("sessionStorage", SessionStorage.class);
            SessionStorage second = context.getBean("adminStorage", SessionStorage.class);
            assertThat(context.getBean(SessionStorage.class)).isSameAs(storage);
            String cookies = commit(storage, "shop") + "; " + commit(second, "admin");
            assertThat(storage.getSession(cookies).get("where")).isEqualTo("shop");
            assertThat(second.getSession(cookies).get("where")).isEqualTo("admin");
        });
    }

    private static String commit(SessionStorage storage, String where) {
        Session session = storage.getSession();
        session.set("where", where);
        return storage.commitSession(session);
    }

    record Basket(int itemCount) {}

    @Configuration(proxyBeanMethods = false)
    static class SnakeCase {

        @Bean
        SessionStorageBuilderCustomizer sessionMapper() {
            return builder -> builder.jsonMapper(JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .build());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SecondStorage {

        @Bean(defaultCandidate = false)
        SessionStorage adminStorage() {
            return SessionStorage.builder()
                    .cookie(SessionCookie.named("__Host-admin").withSecrets(SECRET))
                    .repository(new InMemorySessionDataRepository())
                    .build();
        }
    }

    @Test
    void everyCookiePropertyReachesTheCookie() {
        runner.withPropertyValues(
                        "session.cookie.name=sid",
                        "session.cookie.secure=true",
                        "session.cookie.http-only=false",
                        "session.cookie.same-site=none",
                        "session.cookie.path=/app",
                        "session.cookie.domain=example.org",
                        "session.cookie.max-age=3600",
                        "session.cookie.partitioned=true",
                        "session.cookie.secrets[0]=" + SECRET,
                        "session.cookie.secrets[1]=" + SECRET + "-old")
                .run(context -> {
                    SessionCookie cookie = context.getBean(SessionCookie.class);
                    assertThat(cookie)
                            .isEqualTo(SessionCookie.named("sid")
                                    .withPath("/app")
                                    .withDomain("example.org")
                                    .withHttpOnly(false)
                                    .withSameSite(SessionCookie.SameSite.NONE)
                                    .withMaxAge(java.time.Duration.ofHours(1))
                                    .withPartitioned(true)
                                    .withSecrets(SECRET, SECRET + "-old"));
                });
    }

    @ParameterizedTest
    @CsvSource({
        "session.cookie.secure=false, session",
        "session.cookie.domain=example.org, session",
        "session.cookie.path=/app, session",
        "session.cookie.http-only=true, __Host-Http-session",
        "session.cookie.http-only=false, __Host-session",
        "session.cookie.partitioned=true, __Host-Http-session"
    })
    void theCookiesDefaultNameFollowsTheRulesOfItsPrefix(String property, String name) {
        runner.withPropertyValues(property)
                .run(context ->
                        assertThat(context.getBean(SessionCookie.class).name()).isEqualTo(name));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "session.cookie.secrets=short | has 5 bytes, fewer than 32",
                "session.cookie.secrets=${NO_SUCH_VARIABLE} | refers to ${NO_SUCH_VARIABLE}, which is not set",
                "session.cookie.secrets[0]=shop-${NO_SUCH_VARIABLE}-0123456789abcdef | refers to ${NO_SUCH_VARIABLE}, which is not set",
                "session.cookie.secrets[0]=#{systemEnvironment['SESSION_SECRET']} | ['SESSION_SECRET']}, an expression: Spring Boot evaluates none",
                "session.cookie.secrets=replace-me-with-32-random-bytes-or-more | the example from the documentation",
                "session.cookie.secrets=" + SECRET + "," + SECRET + " | Two secrets of the session cookie are the same",
                "session.cookie.secrets[0]=${blank} | A secret of the session cookie is blank",
                "session.cookie.name=__Host-a,session.cookie.path=/app | '__Host-a' must be secure, have the path '/'",
                "session.cookie.name=__host-http-a,session.cookie.http-only=false | '__host-http-a' must be secure and HTTP-only",
                "session.cookie.name=__Http-a,session.cookie.secure=false | '__Http-a' must be secure and HTTP-only",
                "session.cookie.former[0].path=/ | The session cookie is itself among its former ones",
                "session.cookie.former[0].path=app | path 'app' does not start with '/'",
                "session.cookie.name=__Secure-a,session.cookie.secure=false | '__Secure-a' must be secure",
                "session.cookie.same-site=none,session.cookie.secure=false | SameSite=None must be secure",
                "session.cookie.partitioned=true,session.cookie.secure=false | partitioned cookie must be secure",
                "session.cookie.max-age=0 | max-age PT0S is less than a second",
                "session.cookie.max-age=-5s | max-age PT-5S is less than a second",
                "session.idle-timeout=0 | idle timeout PT0S is less than a second",
                "session.idle-timeout=-1m | idle timeout PT-1M is less than a second",
                "session.absolute-timeout=0 | absolute timeout PT0S is less than a second",
                "session.idle-timeout=31d | idle timeout PT744H is longer than its absolute timeout PT720H",
                "session.cookie.max-age=90d | idle timeout PT2160H is longer than its absolute timeout PT720H",
                "session.max-size=0B | max-size 0 is less than 1 byte",
                "session.cleanup.interval=-1s | session.cleanup.interval is PT-1S",
                "session.cleanup.batch-size=0 | session.cleanup.batch-size is 0",
                "session.repository=jpa | there is no such repository",
                "session.repository=redis | there is no such repository"
            })
    void aMistakeStopsTheStartAndSaysWhatToDo(String properties, String description) {
        String[] pairs = properties.contains(SECRET) ? new String[] {properties} : properties.split(",");
        assertFails(runner.withPropertyValues("blank=   ").withPropertyValues(pairs), description, "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/a | '' | session | /a",
                "/a/b | '' | session | /a/b",
                "/caf\u00e9 au lait | '' | session | /caf%C3%A9%20au%20lait",
                "/my%20app | '' | session | /my%20app",
                "/a | session.cookie.path=/ | __Host-Http-session | /",
                "/a | session.cookie.path=/b | session | /b",
                "/a | session.cookie.name=sid | sid | /a",
                "/a | session.cookie.name=__host-Http-sid | __host-Http-sid | /",
                "/a | session.cookie.secure=false | session | /a",
                "'' | '' | __Host-Http-session | /"
            })
    void theDefaultPathIsTheContextPath(String contextPath, String property, String name, String path) {
        MockServletContext servlets = new MockServletContext();
        servlets.setContextPath(contextPath);
        new WebApplicationContextRunner(() -> {
                    AnnotationConfigServletWebApplicationContext context =
                            new AnnotationConfigServletWebApplicationContext();
                    context.setServletContext(servlets);
                    return context;
                })
                .withConfiguration(AutoConfigurations.of(SessionAutoConfiguration.class))
                .withPropertyValues(property.isEmpty() ? new String[0] : new String[] {property})
                .run(context -> {
                    SessionCookie cookie = context.getBean(SessionCookie.class);
                    assertThat(cookie.name()).isEqualTo(name);
                    assertThat(cookie.path()).isEqualTo(path);
                });
    }

    @Test
    void aFormerCookieHadTheNameOfItsOwnDefaults() {
        runner.withPropertyValues(
                        "session.cookie.former[0].domain=example.org",
                        "session.cookie.former[1].path=/app",
                        "session.cookie.former[2].partitioned=true")
                .run(context -> assertThat(context.getBean(SessionCookie.class).expireFormer())
                        .satisfiesExactly(
                                one -> assertThat(one).startsWith("session=; Path=/; Domain=example.org; Max-Age=0"),
                                one -> assertThat(one).startsWith("session=; Path=/app; Max-Age=0"),
                                one -> assertThat(one)
                                        .startsWith("__Host-Http-session=; Path=/; Max-Age=0")
                                        .contains("Partitioned")));
        runner.withPropertyValues("session.cookie.name=sid", "session.cookie.former[0].domain=example.org")
                .run(context -> assertThat(context.getBean(SessionCookie.class).expireFormer())
                        .singleElement()
                        .asString()
                        .startsWith("sid=; Path=/; Domain=example.org"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "secrets: 0123456789abcdef0123456789abcdef,ghij",
                "secrets: 'ab,0123456789abcdef0123456789abcdef'",
                "secrets: \"0123456789abcdef,0123456789abcdef,0\"",
                "secrets: ',0123456789abcdef0123456789abcdef'",
                "secrets: >-\n      0123456789abcdef0123456789abcdef,x",
                "secrets: ['0123456789abcdef0123456789abcdef', short]"
            })
    void aSecretThatACommaHasCutUpSaysSo(String yaml) {
        runner.withInitializer(yaml(yaml)).run(context -> {
            FailureAnalysis report = StartupReport.of(context);
            assertThat(report.getDescription()).contains("comma").doesNotContain("0123456789abcdef");
            assertThat(report.getAction()).contains("list", "session.cookie.secrets[0]", "SESSION_COOKIE_SECRETS_0");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "secrets:\n      - 'a,0123456789abcdef0123456789abcdef'",
                "secrets: ['a,0123456789abcdef0123456789abcdef']",
                "secrets[0]: a,0123456789abcdef0123456789abcdef"
            })
    void aSecretInAListMayHaveAComma(String yaml) {
        runner.withInitializer(yaml(yaml))
                .run(context -> assertThat(context.getBean(SessionCookie.class).secrets())
                        .containsExactly("a,0123456789abcdef0123456789abcdef"));
    }

    private static ApplicationContextInitializer<ConfigurableApplicationContext> yaml(String cookie) {
        String text = "session:\n  cookie:\n    " + cookie;
        return context -> {
            try {
                new YamlPropertySourceLoader()
                        .load("test", new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)))
                        .forEach(context.getEnvironment().getPropertySources()::addFirst);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    @Test
    void timeoutsAreInSecondsWithoutAUnit() {
        runner.withPropertyValues("session.idle-timeout=90", "session.absolute-timeout=120")
                .withBean(Clock.class, () -> Clock.fixed(Instant.EPOCH, java.time.ZoneOffset.UTC))
                .run(context -> {
                    SessionStorage storage = context.getBean(SessionStorage.class);
                    Session session = storage.getSession();
                    session.set("a", 1);
                    storage.commitSession(session);
                    assertThat(session.expires()).isEqualTo(Instant.ofEpochSecond(90));
                });
    }

    @Test
    void sessionsOfAPrincipalAreListedAndEnded() {
        runner.run(context -> {
            SessionStorage storage = context.getBean(SessionStorage.class);
            Sessions sessions = context.getBean(Sessions.class);
            Session laptop = storage.getSession();
            laptop.principal("robin");
            storage.commitSession(laptop);
            Session phone = storage.getSession();
            phone.principal("robin");
            storage.commitSession(phone);
            assertThat(sessions.list("robin", phone))
                    .extracting(Sessions.Info::current)
                    .containsExactlyInAnyOrder(false, true);
            assertThat(sessions.endOthers("robin", phone)).isEqualTo(1);
            assertThat(sessions.list("robin", phone)).hasSize(1);
        });
    }

    @Test
    void listingSessionsNeedsARepositoryThatCan() {
        assertFails(
                runner.withBean("own", SessionDataRepository.class, OwnRepository::new)
                        .withPropertyValues("session.cookie.secrets=" + SECRET)
                        .withBean("devices", Devices.class),
                "cannot find sessions by their principal",
                "PrincipalSessionRepository");
    }

    /** A part of the application that uses {@link Sessions}. */
    record Devices(Sessions sessions) {}

    @Test
    void eventsAreCounted() {
        runner.withBean(MeterRegistry.class, SimpleMeterRegistry::new).run(context -> {
            assertThat(context).hasSingleBean(SessionMetrics.class);
            SessionStorage storage = context.getBean(SessionStorage.class);
            Session session = storage.getSession("__Host-Http-session=forged");
            session.set("a", 1);
            storage.commitSession(session);
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(count(registry, SessionEvent.CREATED)).isEqualTo(1);
            assertThat(count(registry, SessionEvent.COOKIE_REJECTED)).isEqualTo(1);
            assertThat(count(registry, SessionEvent.DESTROYED)).isZero();
            // Spring Cloud Function would expose it as a function of the application.
            assertThat(context).doesNotHaveBean(Consumer.class);
        });
    }

    private static double count(MeterRegistry registry, SessionEvent event) {
        return registry.get("session.events")
                .tag("event", event.name().toLowerCase(java.util.Locale.ROOT))
                .counter()
                .count();
    }

    private static void assertFails(ApplicationContextRunner runner, String description, String action) {
        runner.run(context -> {
            FailureAnalysis report = StartupReport.of(context);
            assertThat(report.getDescription()).contains(description).doesNotContain(SECRET);
            assertThat(report.getAction()).isNotBlank().contains(action);
        });
    }

    private static final class OwnRepository implements SessionDataRepository {

        @Override
        public String createData(SessionData data, Instant expires) {
            return "own id";
        }

        @Override
        public @Nullable SessionData readData(String id) {
            return null;
        }

        @Override
        public boolean updateData(String id, SessionData data, Instant expires) {
            return false;
        }

        @Override
        public void deleteData(String id) {}
    }
}
