package dev.sessionstorage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import dev.sessionstorage.SessionStorage;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Writes that a network delivers late or a failover has lost: the test sends the bytes to Redis itself. */
class LateWriteTest {

    private static final SessionCookie COOKIE =
            SessionCookie.named("session").withSecrets("a secret for tests, and for nothing else");

    private static LettuceConnectionFactory factory;
    private static StringRedisTemplate redis;

    private final String prefix = "test:" + UUID.randomUUID() + ":";
    private RedisSessionDataRepository repository;

    /** The ways in which a session ends. */
    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private enum End {
        DELETE((repository, id) -> repository.deleteData(id)),
        DELETE_BY_HANDLE((repository, id) -> repository.deleteByHandle("robin", SessionId.hash(id))),
        DELETE_ALL((repository, id) -> repository.deleteByPrincipal("robin", null)),
        ROTATION((repository, id) -> {
            SessionData read = Objects.requireNonNull(repository.readData(id));
            repository.rotateData(id, read, read.expires());
        }),
        UPDATE_TO_THE_PAST((repository, id) ->
                repository.updateData(id, Objects.requireNonNull(repository.readData(id)), Instant.EPOCH));

        final BiConsumer<RedisSessionDataRepository, String> end;

        End(BiConsumer<RedisSessionDataRepository, String> end) {
            this.end = end;
        }
    }

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

    @ParameterizedTest
    @EnumSource
    void theFirstCopyOfACreateThatComesAfterTheEndBringsNothingBack(End end) {
        String id = create();
        byte[] sent = stored(id);
        end.end.accept(repository, id);

        assertThat(setIfAbsent(id, sent)).isFalse();
        assertThat(repository.readData(id)).isNull();
        assertThat(repository.findByPrincipal("robin")).doesNotContainKey(SessionId.hash(id));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ROTATION")
    void theFirstCopyOfARotationThatComesAfterTheEndBringsNothingBack(End end) {
        SessionData data = data();
        String id = Objects.requireNonNull(repository.rotateData(create(), data, data.expires()));
        byte[] sent = stored(id);
        end.end.accept(repository, id);

        assertThat(setIfAbsent(id, sent)).isFalse();
        assertThat(repository.readData(id)).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void whatAnEndLeavesGoesAfterAMinute(End end) {
        String id = create();
        end.end.accept(repository, id);

        assertThat(redis.getExpire(prefix + SessionId.hash(id))).isBetween(50L, 60L);
    }

    @Test
    void aCommitThatAFailoverHasLostIsNotTheBaseOfTheNext() {
        SessionStorage storage = storage();
        SessionStorage other = storage();
        Session first = storage.getSession();
        first.set("n", 0);
        String cookie = storage.commitSession(first);
        byte[] before = stored(first.id());

        Session inFlight = storage.getSession(cookie);
        inFlight.set("lost", 1);
        storage.commitSession(inFlight);
        failOverTo(first.id(), before);
        Session acknowledged = other.getSession(cookie);
        acknowledged.set("acknowledged", 1);
        other.commitSession(acknowledged);
        inFlight.set("b", 1);
        storage.commitSession(inFlight);

        assertThat(other.getSession(cookie).data()).isEqualTo(Map.of("n", 0, "acknowledged", 1, "b", 1));
    }

    @Test
    void aReadThatAFailoverHasLostExtendsNothing() {
        String id = create();
        byte[] before = stored(id);
        assertThat(repository.updateData(id, read(id), in(1))).isTrue();
        SessionData lost = read(id);
        failOverTo(id, before);
        assertThat(repository.updateData(id, read(id), in(1))).isTrue();
        SessionData acknowledged = read(id);

        assertThat(repository.extendData(id, lost, in(2))).isFalse();
        assertThat(repository.updateData(id, lost, in(2))).isFalse();
        assertThat(repository.rotateData(id, lost, in(2))).isNull();
        assertThat(read(id)).isEqualTo(acknowledged);
        assertThat(repository.findByPrincipal("robin")).hasSize(1);
    }

    private void failOverTo(String id, byte[] value) {
        redis.execute(
                connection -> connection.stringCommands().set((prefix + SessionId.hash(id)).getBytes(UTF_8), value),
                true);
    }

    private boolean setIfAbsent(String id, byte[] value) {
        return Boolean.TRUE.equals(redis.execute(
                connection -> connection.stringCommands().setNX((prefix + SessionId.hash(id)).getBytes(UTF_8), value),
                true));
    }

    private byte[] stored(String id) {
        return Objects.requireNonNull(redis.execute(
                connection -> connection.stringCommands().get((prefix + SessionId.hash(id)).getBytes(UTF_8)), true));
    }

    private SessionData read(String id) {
        return Objects.requireNonNull(repository.readData(id));
    }

    private String create() {
        SessionData data = data();
        return repository.createData(data, data.expires());
    }

    private static SessionData data() {
        return SessionData.fromJson("{\"a\":1}", 0, Instant.now(), "robin", in(1));
    }

    private static Instant in(int hours) {
        return Instant.now().plus(Duration.ofHours(hours));
    }

    private SessionStorage storage() {
        return SessionStorage.builder().cookie(COOKIE).repository(repository).build();
    }
}
