package dev.sessionstorage.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.Session;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionId;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.Sessions;
import dev.sessionstorage.jpa.JpaSessionDataRepository;
import dev.sessionstorage.redis.RedisProcess;
import dev.sessionstorage.redis.RedisSessionDataRepository;
import dev.sessionstorage.redis.TestRedis;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** When a real Redis is chosen, which keys it uses, and what startup logs about it. */
@ExtendWith(OutputCaptureExtension.class)
class RedisSessionAutoConfigurationTest {

    private static final String SECRET = "session.cookie.secrets=0123456789abcdef0123456789abcdef";

    private final String prefix = "test:" + UUID.randomUUID() + ":";
    private final ApplicationContextRunner plain = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    JpaSessionAutoConfiguration.class,
                    RedisSessionAutoConfiguration.class,
                    SessionAutoConfiguration.class))
            .withPropertyValues("session.redis.key-prefix=" + prefix);
    private final ApplicationContextRunner runner = plain.withConfiguration(
                    AutoConfigurations.of(DataRedisAutoConfiguration.class))
            .withPropertyValues(
                    "spring.data.redis.host=" + TestRedis.host(), "spring.data.redis.port=" + TestRedis.port(), SECRET);
    private final ApplicationContextRunner besideADatabase = runner.withConfiguration(
                    AutoConfigurations.of(DataSourceAutoConfiguration.class, HibernateJpaAutoConfiguration.class))
            .withPropertyValues("spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID());

    @Test
    void sessionsAreKeptInRedisUnderThePrefixAndTheirHash() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(RedisSessionDataRepository.class);
            Session session = context.getBean(SessionStorage.class).getSession();
            session.set("a", 1);
            context.getBean(SessionStorage.class).commitSession(session);
            assertThat(context.getBean(StringRedisTemplate.class).keys(prefix + "*"))
                    .containsExactly(prefix + SessionId.hash(session.id()));
        });
    }

    @Test
    void thePrefixIsSessionByDefault() {
        runner.withPropertyValues("session.redis.key-prefix=")
                .run(context -> assertThat(context).hasNotFailed());
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(SessionAutoConfiguration.class))
                .run(context -> assertThat(
                                context.getBean(SessionProperties.class).redis().keyPrefix())
                        .isEqualTo("session:"));
    }

    @Test
    void aDatabaseComesBeforeRedis() {
        besideADatabase.run(context -> assertThat(context)
                .hasSingleBean(JpaSessionDataRepository.class)
                .doesNotHaveBean(RedisSessionDataRepository.class));
    }

    @Test
    void redisCanBeChosenBesideADatabase() {
        besideADatabase.withPropertyValues("session.repository=redis").run(context -> assertThat(context)
                .hasSingleBean(RedisSessionDataRepository.class)
                .doesNotHaveBean(JpaSessionDataRepository.class));
    }

    @Test
    void memoryCanBeChosenBesideRedis() {
        runner.withPropertyValues("session.repository=memory").run(context -> assertThat(context)
                .hasSingleBean(InMemorySessionDataRepository.class)
                .doesNotHaveBean(RedisSessionDataRepository.class));
    }

    @Test
    void anApplicationsOwnRepositoryComesBeforeRedis() {
        runner.withBean("own", SessionDataRepository.class, InMemorySessionDataRepository::new)
                .run(context -> assertThat(context).doesNotHaveBean(RedisSessionDataRepository.class));
    }

    @Test
    void worksWithoutRedisOnTheClasspath() {
        plain.withClassLoader(new FilteredClassLoader("dev.sessionstorage.redis", "org.springframework.data.redis"))
                .run(context -> assertThat(context).hasSingleBean(InMemorySessionDataRepository.class));
    }

    @Test
    void aPrincipalsSessionsAreFound() {
        runner.run(context -> {
            Session session = context.getBean(SessionStorage.class).getSession();
            session.principal("robin");
            session.set("a", 1);
            context.getBean(SessionStorage.class).commitSession(session);
            assertThat(context.getBean(Sessions.class).list("robin", session)).hasSize(1);
        });
    }

    @Test
    void sessionsThatOutliveTheProcessNeedASecret() {
        runner.withPropertyValues("session.cookie.secrets=")
                .run(context -> assertThat(StartupReport.of(context).getDescription())
                        .contains("The session cookie has no secret, and its sessions outlive a restart"));
    }

    @Test
    void anotherClientThanLettuceStopsTheStart() {
        plain.withBean(RedisConnectionFactory.class, RedisSessionAutoConfigurationTest::notLettuces)
                .withPropertyValues(SECRET)
                .run(context -> {
                    FailureAnalysis report = StartupReport.of(context);
                    assertThat(report.getDescription()).contains("Sessions need Lettuce");
                    assertThat(report.getAction()).contains("spring.data.redis.client-type");
                });
    }

    private static RedisConnectionFactory notLettuces() {
        return (RedisConnectionFactory) Proxy.newProxyInstance(
                RedisSessionAutoConfigurationTest.class.getClassLoader(),
                new Class<?>[] {RedisConnectionFactory.class},
                (proxy, method, args) -> method.getReturnType() == int.class ? 0 : null);
    }

    /** Applications that prefer Jedis exclude Lettuce from Boot's starter. */
    @Test
    void withoutLettuceTheStartStopsAndSaysSo() {
        plain.withBean(RedisConnectionFactory.class, RedisSessionAutoConfigurationTest::notLettuces)
                .withClassLoader(new FilteredClassLoader("io.lettuce"))
                .withPropertyValues(SECRET)
                .run(context -> {
                    FailureAnalysis report = StartupReport.of(context);
                    assertThat(report.getDescription()).contains("Sessions need Lettuce");
                    assertThat(report.getAction()).contains("io.lettuce:lettuce-core");
                });
    }

    @Test
    void aNearCacheIsKeptWhereItIsAskedFor() {
        runner.withPropertyValues("session.redis.near-cache-size=10").run(context -> {
            SessionDataRepository repository = context.getBean(RedisSessionDataRepository.class);
            Instant expires = Instant.now().plusSeconds(60);
            String id = repository.createData(SessionData.fromJson("{}", 0, Instant.now(), null, expires), expires);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!isNear(repository, id)) {
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
        });
    }

    @SuppressWarnings("ReferenceEquality") // Redis returns a new object each time
    private static boolean isNear(SessionDataRepository repository, String id) {
        return Objects.requireNonNull(repository.readData(id)) == repository.readData(id);
    }

    @Test
    void thereIsNoNearCacheByDefault() {
        runner.run(context -> assertThat(
                        context.getBean(SessionProperties.class).redis().nearCacheSize())
                .isZero());
    }

    @Test
    void aNearCacheOfNegativeSizeStopsTheStart() {
        runner.withPropertyValues("session.redis.near-cache-size=-1").run(context -> {
            FailureAnalysis report = StartupReport.of(context);
            assertThat(report.getDescription()).contains("-1");
            assertThat(report.getAction()).contains("session.redis.near-cache-size");
        });
    }

    @Test
    void aNearCacheDoesNotGoWithAFixedListOfReplicas() {
        runner.withPropertyValues(
                        "session.redis.near-cache-size=10",
                        "spring.data.redis.masterreplica.nodes=" + TestRedis.host() + ":" + TestRedis.port())
                .run(context -> {
                    FailureAnalysis report = StartupReport.of(context);
                    assertThat(report.getDescription()).contains("spring.data.redis.masterreplica");
                    assertThat(report.getAction()).contains("Remove session.redis.near-cache-size");
                });
    }

    @Test
    void aNearCacheNeedsRedisToTellByItself() {
        runner.withPropertyValues("session.redis.near-cache-size=10")
                .withBean(
                        LettuceClientOptionsBuilderCustomizer.class,
                        () -> options -> options.protocolVersion(ProtocolVersion.RESP2))
                .run(context -> {
                    FailureAnalysis report = StartupReport.of(context);
                    assertThat(report.getDescription()).contains("RESP3");
                    assertThat(report.getAction()).contains("session.redis.near-cache-size");
                });
    }

    @Test
    void aServerThatForgetsIsNamedAtTheStart(CapturedOutput output) {
        startOn("--appendonly", "no", "--maxmemory-policy", "volatile-lru");

        assertThat(output).contains("set appendonly yes").contains("set maxmemory-policy noeviction");
    }

    @Test
    void aDurableServerIsNotWarnedAbout(CapturedOutput output) {
        startOn("--appendonly", "yes", "--maxmemory-policy", "noeviction");

        assertThat(output).doesNotContain("appendonly").doesNotContain("maxmemory");
    }

    /** With each of these settings the application starts, but Redis rejects its first session. */
    @ParameterizedTest
    @CsvSource({
        "--user default on nopass ~* +@all -eval -evalsha, NOPERM",
        "--user default on nopass ~* +@all -set, NOPERM",
        "--user default on nopass ~other:* +@all, NOPERM",
        "--user default on nopass ~* +@all -zadd, The user executing the script",
        "--replicaof 127.0.0.1 1, READONLY",
        "--maxmemory 1, OOM",
        "--min-replicas-to-write 1, NOREPLICAS",
        "--rename-command EVALSHA secret, unknown command",
        "--requirepass secret, NOAUTH"
    })
    void whatRedisRefusesIsSaidAtTheStart(String settings, String reason, CapturedOutput output) {
        startOn(settings.split(" "));

        assertThat(output.getAll().lines().filter(line -> line.contains("answered with 503")))
                .singleElement()
                .asString()
                .contains(reason);
        assertThat(output).doesNotContain("secret");
    }

    @Test
    void whatIsTriedAtTheStartLeavesNothingBehind(CapturedOutput output) {
        try (RedisProcess server = RedisProcess.start("--appendonly", "yes")) {
            runner.withPropertyValues("spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + server.port())
                    .run(context -> assertThat(context.getBean(RedisConnectionFactory.class)
                                    .getConnection()
                                    .serverCommands()
                                    .dbSize())
                            .isZero());
        }
        assertThat(output).doesNotContain("answered with 503");
    }

    @ParameterizedTest
    @CsvSource({"PT1H, 'ahead of'", "PT-1H, behind", "PT1S, ''"})
    void aClockThatIsNotThatOfRedisIsNamedAtTheStart(Duration offset, String said, CapturedOutput output) {
        runner.withBean(Clock.class, () -> Clock.offset(Clock.systemUTC(), offset))
                .run(context -> assertThat(context).hasNotFailed());

        if (said.isEmpty()) {
            assertThat(output).doesNotContain("clock");
        } else {
            assertThat(output).containsPattern("This node's clock is 3(599|600) s " + said);
        }
    }

    @Test
    void aServerThatIsNotThereYetDoesNotStopTheStart(CapturedOutput output) {
        RedisProcess gone = RedisProcess.start();
        gone.close();
        runner.withPropertyValues("spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + gone.port())
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(output).contains("cannot be reached yet").contains("Connection refused");
    }

    @Test
    void aLostConnectionIsTriedAgainEverySecondUnlessTheApplicationSaysOtherwise() {
        runner.run(context -> assertThat(longestDelay(context)).isEqualTo(Duration.ofSeconds(1)));
        runner.withBean(
                        ClientResourcesBuilderCustomizer.class,
                        () -> resources -> resources.reconnectDelay(Delay.constant(Duration.ofSeconds(7))))
                .run(context -> assertThat(longestDelay(context)).isEqualTo(Duration.ofSeconds(7)));
    }

    private static Duration longestDelay(ApplicationContext context) {
        return context.getBean(ClientResources.class).reconnectDelay().createDelay(100);
    }

    private void startOn(String... settings) {
        try (RedisProcess server = RedisProcess.start(settings)) {
            runner.withPropertyValues("spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + server.port())
                    .run(context -> assertThat(context).hasSingleBean(RedisSessionDataRepository.class));
        }
    }
}
