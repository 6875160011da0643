package dev.sessionstorage.redis;

import static dev.sessionstorage.SessionDataRepository.GRACE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionEvent;
import dev.sessionstorage.SessionId;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.SessionUnavailableException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** What Redis stores, and when it expires by Redis's own clock. */
class StoredSessionTest {

    private static final SessionCookie COOKIE =
            SessionCookie.named("session").withSecrets("a secret for tests, and for nothing else");

    private static LettuceConnectionFactory factory;
    private static StringRedisTemplate redis;

    private final String prefix = "test:" + UUID.randomUUID() + ":";
    private RedisSessionDataRepository repository;

    @BeforeAll
    static void connect() {
        factory = TestRedis.connect();
        redis = new StringRedisTemplate(factory);
    }

    @BeforeEach
    void createRepository() {
        repository = new RedisSessionDataRepository(factory, prefix);
    }

    @AfterAll
    static void disconnect() {
        factory.destroy();
    }

    @Test
    void keysHoldTheHashAndNeitherTheIdNorThePrincipal() {
        String id = create(data("robin", Duration.ofHours(1)));

        assertThat(redis.keys(prefix + "*"))
                .containsExactlyInAnyOrder(
                        prefix + SessionId.hash(id), prefix + "principal:" + SessionId.hash("robin"));
        assertThat(redis.opsForValue().get(prefix + SessionId.hash(id))).doesNotContain(id);
    }

    @Test
    void nobodyReadsWhatHasExpiredThatWasCreatedUpdatedOrExtended() {
        List<String> ids = new ArrayList<>();
        Instant soon = Instant.now().plusMillis(300);
        for (int i = 0; i < 3; i++) {
            SessionData data = data("robin", i == 0 ? Duration.between(Instant.now(), soon) : Duration.ofHours(1));
            ids.add(create(data));
        }
        assertThat(repository.updateData(ids.get(1), data("robin", Duration.ofHours(1)), soon))
                .isTrue();
        assertThat(repository.extendData(ids.get(2), data("robin", Duration.ofHours(1)), soon))
                .isTrue();

        awaitServerTime(soon.plusMillis(2));

        assertThat(ids).allSatisfy(id -> assertThat(repository.readData(id)).isNull());
        assertThat(repository.findByPrincipal("robin")).isEmpty();
    }

    @Test
    void theServersExpiryIsTheLastMillisecondInWhichTheSessionCanBeWritten() {
        SessionData data = data(null, Duration.ofHours(1));
        String id = create(data);
        Long left = redis.getExpire(prefix + SessionId.hash(id), TimeUnit.MILLISECONDS);

        assertThat(serverMillis() + left)
                .isBetween(
                        data.expires().plus(GRACE).toEpochMilli() - 1,
                        data.expires().plus(GRACE).toEpochMilli() + 500);
        assertThat(Objects.requireNonNull(repository.readData(id)).expires()).isEqualTo(data.expires());
    }

    @Test
    void aWriteThatABrokenConnectionRepeatsWinsOnce() {
        SessionData data = data(null, Duration.ofHours(1));
        String key = prefix + SessionId.hash(create(data));
        byte[] write = StoredSession.of(data, 1, data.expires());
        byte[] other = StoredSession.of(data, 1, data.expires());

        assertThat(List.of(update(key, write), update(key, write), update(key, other), update(key, write)))
                .containsExactly(1L, 1L, 0L, 1L);
    }

    @Test
    void anUnreadableRecordMeansANewSessionForThisUserOnly() {
        List<SessionEvent> events = new ArrayList<>();
        SessionStorage storage = SessionStorage.builder()
                .cookie(COOKIE)
                .repository(repository)
                .onEvent(events::add)
                .build();
        Session session = storage.getSession();
        session.set("a", 1);
        String cookie = storage.commitSession(session);

        for (String value : new String[] {"", "x", "1 2 3", "1 2 3 4 5 6", "a b c d e {}", "1 2 3 4 -7 {"}) {
            redis.opsForValue().set(prefix + SessionId.hash(session.id()), value);
            assertThat(storage.getSession(cookie).isNew()).as(value).isTrue();
        }
        assertThat(events).contains(SessionEvent.UNREADABLE);
    }

    @Test
    void anUnreachableRedisIsAFault() {
        RedisProcess server = RedisProcess.start();
        LettuceConnectionFactory lost = TestRedis.connect("127.0.0.1", server.port());
        SessionStorage storage = SessionStorage.builder()
                .cookie(COOKIE)
                .repository(new RedisSessionDataRepository(lost, prefix))
                .build();
        Session session = storage.getSession();
        session.set("a", 1);
        session.principal("robin");
        String cookie = storage.commitSession(session);
        session.set("a", 2);
        server.close();
        lost.resetConnection();

        assertThatExceptionOfType(SessionUnavailableException.class).isThrownBy(() -> storage.commitSession(session));
        assertThatExceptionOfType(SessionUnavailableException.class)
                .isThrownBy(() -> storage.getSession(cookie).get("a"));
        lost.destroy();
    }

    @Test
    void anotherDriverIsRefusedAtOnce() {
        RedisConnectionFactory other = (RedisConnectionFactory) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {RedisConnectionFactory.class},
                (proxy, method, args) -> null);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RedisSessionDataRepository(other, prefix))
                .withMessageContaining("Lettuce");
    }

    private String create(SessionData data) {
        return repository.createData(data, data.expires());
    }

    private static SessionData data(@Nullable String principal, Duration lifetime) {
        return SessionData.fromJson(
                "{\"a\":1}", 0, Instant.now(), principal, Instant.now().plus(lifetime));
    }

    private static long update(String key, byte[] write) {
        byte[] expiry = "9999999999999".getBytes(UTF_8);
        byte[] pxat = "PXAT".getBytes(UTF_8);
        return new Connections(factory).call(exchange -> new LuaScript("update.lua")
                .send(
                        exchange,
                        key.getBytes(UTF_8),
                        StoredSession.replaced(data(null, Duration.ofHours(1))),
                        write,
                        pxat,
                        expiry)
                .await());
    }

    private static long serverMillis() {
        return Objects.requireNonNull(
                redis.execute(connection -> connection.serverCommands().time(), true));
    }

    /** The only wait in these tests, for the server's own clock. */
    private static void awaitServerTime(Instant instant) {
        while (serverMillis() < instant.toEpochMilli()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
