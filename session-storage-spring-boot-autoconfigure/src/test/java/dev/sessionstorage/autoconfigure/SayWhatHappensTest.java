package dev.sessionstorage.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionStorage;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.env.EnvironmentEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;

/**
 * What an application logs at startup. For later messages see {@code OutageTest} (failing stores), {@code HttpWarningsTest}
 * (cookies over plain HTTP, and {@code HttpSession}), {@code EndedRequestTest} (sessions used too early or too late) and
 * {@code UnannotatedSessionTest} (parameters).
 */
@ExtendWith(OutputCaptureExtension.class)
class SayWhatHappensTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withPropertyValues("session.cookie.secrets=" + SECRET)
            .withConfiguration(AutoConfigurations.of(
                    SessionStartupAutoConfiguration.class,
                    DataSourceAutoConfiguration.class,
                    HibernateJpaAutoConfiguration.class,
                    JpaSessionAutoConfiguration.class,
                    SessionAutoConfiguration.class));

    @Nested
    class OneLineAtTheStart {

        @Test
        void saysWhatHolds(CapturedOutput output) {
            runner.withPropertyValues("session.idle-timeout=20m", "session.cookie.same-site=strict")
                    .run(context -> {
                        context.getBean(SessionStorage.class);
                        assertThat(lines(output, "SessionStorage[repository="))
                                .singleElement()
                                .asString()
                                .contains(
                                        "INFO",
                                        "JpaSessionDataRepository[table=session_data]",
                                        "sameSite=Strict",
                                        "secure=true")
                                .contains("idleTimeout=PT20M", "absoluteTimeout=PT720H")
                                .containsPattern("secrets=\\[[0-9a-f]{8}]");
                    });
            assertThat(output).doesNotContain(SECRET);
        }

        @Test
        void namesTheTable(CapturedOutput output) {
            runner.withPropertyValues("spring.datasource.url=jdbc:h2:mem:say", "session.jpa.table-name=kept")
                    .run(context -> assertThat(lines(output, "SessionStorage["))
                            .singleElement()
                            .asString()
                            .containsIgnoringCase("JpaSessionDataRepository[table=kept]"));
        }

        @Test
        void holdsForAStorageMadeByHandToo(CapturedOutput output) {
            runner.withUserConfiguration(OwnStorage.class).run(context -> assertThat(lines(output, "SessionStorage["))
                    .singleElement()
                    .asString()
                    .contains("name=own", "secrets=[short]"));
        }

        @Test
        void tellsSecretsApartAndShowsNone() {
            String other = "0123456789abcdef0123456789abcdeg";
            String umlauts = "ä".repeat(16);
            String shown = SessionCookie.named("a")
                    .withSecrets(SECRET, other, umlauts, "x".repeat(31))
                    .toString();
            assertThat(shown).doesNotContain(SECRET, other, umlauts, "xxx");
            assertThat(shown).containsPattern("secrets=\\[([0-9a-f]{8}), (?!\\1)[0-9a-f]{8}, [0-9a-f]{8}, short]");
            assertThat(SessionCookie.named("b").withSecrets(SECRET).toString())
                    .contains(shown.substring(shown.indexOf("[", 14) + 1).substring(0, 8));
        }

        @Test
        void isLeftOutInSlices() throws Exception {
            assertThat(new ClassPathResource("META-INF/spring/"
                                    + "org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureWebMvc.imports")
                            .getContentAsString(StandardCharsets.UTF_8))
                    .contains("SessionAutoConfiguration")
                    .doesNotContain("Startup");
        }
    }

    @Nested
    class NamesThatNothingReads {

        @ParameterizedTest
        @CsvSource({
            "session.timeout, session.idle-timeout",
            "session.idle-timeuot, session.idle-timeout",
            "session.cookies.name, session.cookie.name",
            "session.cookie.nmae, session.cookie.name",
            "session.cookie.secret, session.cookie.secrets",
            "session.cookie.secret[0], session.cookie.secrets",
            "session.cookie.httponly-flag, session.cookie.http-only",
            "session.name, session.cookie.name",
            "session.secure, session.cookie.secure",
            "session.max-age, session.cookie.max-age",
            "session.table-name, session.jpa.table-name",
            "session.jpa.tablename.x, session.jpa.table-name",
            "session.redis.prefix, session.redis.key-prefix",
            "session.cleanup.intervall, session.cleanup.interval",
            "session.autocomit, session.auto-commit",
            "session.something.else, ''"
        })
        void areWarnedAboutWithTheLikelyName(String name, String likely, CapturedOutput output) {
            runner.withPropertyValues(name + "=1").run(context -> {
                assertThat(context).hasNotFailed();
                assertThat(lines(output, "The property " + name + " is none of session-storage's"))
                        .singleElement()
                        .asString()
                        .contains("WARN")
                        .endsWith(likely.isEmpty() ? ".)" : "do you mean " + likely + "? (It is in test.)");
            });
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "session.cookie.same_site=lax",
                    "session.cookie.sameSite=lax",
                    "session.cookie.samesite=lax",
                    "session.idleTimeout=20m",
                    "session.idle_timeout=20m",
                    "session.allowed-types[0]=com.example.shop",
                    "session.jpa.table-name=a",
                    "sessions.timeout=1",
                    "spring.session.timeout=1",
                    "server.servlet.session.timeout=1"
                })
        void areNotThoseThatAreReadOrOthers(String property, CapturedOutput output) {
            runner.withPropertyValues(property).run(context -> {
                assertThat(context).hasNotFailed();
                assertThat(lines(output, "none of session-storage's")).isEmpty();
            });
        }

        @Test
        void areAllKnownThatThePropertiesHave(CapturedOutput output) {
            runner.withInitializer(context -> variables(
                            context.getEnvironment(),
                            Map.of(
                                    "SESSION_COOKIE_SAMESITE", "lax",
                                    "SESSION_COOKIE_SAME_SITE", "lax",
                                    "SESSION_COOKIE_SECRETS_0", SECRET,
                                    "SESSION_COOKIE_FORMER_0_DOMAIN", "example.org",
                                    "SESSION_COOKIE_FORMER_1_PATH", "/app",
                                    "SESSION_ALLOWEDTYPES_0", "com.example.shop")))
                    .run(context -> assertThat(lines(output, "none of session-storage's"))
                            .isEmpty());
        }

        @ParameterizedTest
        @CsvSource({
            "SESSION_COOKIES_NAME, SESSION_COOKIE_NAME",
            "SESSION_IDLETIMEOUTS, SESSION_IDLETIMEOUT",
            "SESSION_COOKIE_MAXAEG, SESSION_COOKIE_MAXAGE",
            "SESSION_JPA_TABLENAMES, SESSION_JPA_TABLENAME"
        })
        void areVariablesThatAreNearlyOurs(String name, String likely, CapturedOutput output) {
            runner.withInitializer(context -> variables(context.getEnvironment(), Map.of(name, "1")))
                    .run(context -> assertThat(lines(output, "The environment variable " + name))
                            .singleElement()
                            .asString()
                            .contains("do you mean " + likely + "?"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "SESSION_MANAGER",
                    "SESSION_ID",
                    "SESSION_TYPE",
                    "SESSION_SECRET",
                    "SESSION_COOKIE_SECRET",
                    "SESSION_TIMEOUT",
                    "SESSIONNAME",
                    "DESKTOP_SESSION",
                    "XDG_SESSION_ID"
                })
        void areNotTheVariablesOfADesktopOrOfPlaceholders(String name, CapturedOutput output) {
            runner.withInitializer(context -> variables(context.getEnvironment(), Map.of(name, SECRET)))
                    .run(context -> assertThat(lines(output, "none of session-storage's"))
                            .isEmpty());
        }

        private void variables(ConfigurableEnvironment environment, Map<String, Object> variables) {
            environment.getPropertySources().addLast(new SystemEnvironmentPropertySource("variables", variables));
        }
    }

    @Nested
    class AWebFluxApplication {

        private final ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner()
                .withPropertyValues("session.cookie.secrets=" + SECRET)
                .withConfiguration(
                        AutoConfigurations.of(SessionStartupAutoConfiguration.class, SessionAutoConfiguration.class));

        @Test
        void isToldThatItNeedsSpringMvc() {
            reactive.run(context -> {
                FailureAnalysis report = Objects.requireNonNull(new SessionStartupFailureAnalyzer()
                        .analyze(Objects.requireNonNull(context.getStartupFailure())));
                assertThat(report.getDescription()).contains("needs Spring MVC", "WebFlux");
                assertThat(report.getAction()).contains("spring-boot-starter-webmvc", "SessionStorage.builder()");
            });
        }

        @Test
        void mayCallAStorageOfItsOwn() {
            reactive.withUserConfiguration(OwnStorage.class)
                    .run(context -> assertThat(context).hasNotFailed());
        }
    }

    @Nested
    class SecretsInActuator {

        @ParameterizedTest
        @ValueSource(strings = {"session.cookie.secrets", "session.cookie.secrets[0]", "SESSION_COOKIE_SECRETS"})
        void areNeverShown(String name) {
            ApplicationContextRunner one = name.startsWith("SESSION")
                    ? runner.withInitializer(context -> context.getEnvironment()
                            .getPropertySources()
                            .addLast(new SystemEnvironmentPropertySource("variables", Map.of(name, SECRET))))
                    : runner.withPropertyValues(name + "=" + SECRET);
            one.withPropertyValues("other=shown").run(context -> {
                List<SanitizingFunction> functions = context.getBeanProvider(SanitizingFunction.class)
                        .orderedStream()
                        .toList();
                Environment environment = context.getEnvironment();
                assertThat(shown(new EnvironmentEndpoint(environment, functions, Show.ALWAYS)))
                        .contains("shown", "******")
                        .doesNotContain(SECRET);
                var properties = new ConfigurationPropertiesReportEndpoint(functions, Show.ALWAYS);
                properties.setApplicationContext(context.getSourceApplicationContext());
                assertThat(properties.configurationProperties().getContexts().values().stream()
                                .flatMap(one1 -> one1.getBeans().values().stream())
                                .map(bean -> bean.getProperties() + " " + bean.getInputs())
                                .toList()
                                .toString())
                        .contains("idleTimeout", "******")
                        .doesNotContain(SECRET);
            });
        }

        private String shown(EnvironmentEndpoint endpoint) {
            return endpoint.environment(null).getPropertySources().stream()
                    .flatMap(source -> source.getProperties().values().stream())
                    .map(value -> String.valueOf(value.getValue()))
                    .toList()
                    .toString();
        }
    }

    private static List<String> lines(CapturedOutput output, String text) {
        return output.toString().lines().filter(line -> line.contains(text)).toList();
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnStorage {

        @Bean
        SessionStorage ownStorage() {
            return SessionStorage.builder()
                    .cookie(SessionCookie.named("own").withSecrets("short"))
                    .repository(new InMemorySessionDataRepository(Clock.systemUTC(), 10))
                    .build();
        }
    }
}
