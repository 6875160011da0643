package dev.sessionstorage.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionId;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** A principal's index keeps live sessions, not every session that ever lived. */
class PrincipalIndexTest {

    private static final int MANY = Integer.getInteger("session.test.expiries", 20_000);

    private static LettuceConnectionFactory factory;
    private static StringRedisTemplate redis;

    private final String prefix = "test:" + UUID.randomUUID() + ":";
    private final String index = prefix + "principal:" + SessionId.hash("robin");
    private RedisSessionDataRepository repository;

    @BeforeAll
    static void connect() {
        factory = TestRedis.connect();
        redis = new StringRedisTemplate(factory);
    }

    @BeforeEach
    void createRepository() {
        // Redis drops the key and the index entry when the session expires, not some minutes later.
        repository = new RedisSessionDataRepository(
                factory, prefix, 0, expires -> expires - SessionDataRepository.GRACE.toMillis() - 1);
    }

    @AfterAll
    static void disconnect() {
        factory.destroy();
    }

    @Test
    void nothingIsLeftOfManySessionsThatExpired() {
        long start = System.nanoTime();
        long[] largest = {0};
        IntStream.range(0, MANY).parallel().forEach(i -> {
            create(Duration.ofMillis(200));
            if (i % 1_000 == 0) {
                synchronized (largest) {
                    largest[0] = Math.max(largest[0], size());
                }
            }
        });
        String last = create(Duration.ofHours(1));
        awaitExpiry(200);
        repository.extendData(last, data(Duration.ofHours(1)), Instant.now().plusSeconds(3_600));

        System.out.printf(
                "%d sessions in %d ms: at most %d in the index on the way, %d at the end%n",
                MANY, (System.nanoTime() - start) / 1_000_000, largest[0], size());
        assertThat(size()).isEqualTo(1);
        assertThat(largest[0]).isLessThan(MANY);

        repository.deleteByPrincipal("robin", null);
        create(Duration.ofMillis(200));
        assertThat(repository.findByPrincipal("robin")).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void theIndexItselfEndsWithTheLastSession() {
        create(Duration.ofMillis(100));
        create(Duration.ofMillis(200));
        assertThat(redis.keys(prefix + "*")).contains(index);

        awaitExpiry(250);

        assertThat(redis.keys(prefix + "*")).isEmpty();
    }

    @Test
    void aLateRequestDoesNotShortenTheNote() {
        String id = create(Duration.ofHours(2));

        assertThat(repository.updateData(
                        id, SessionData.fromJson("{}", 9, Instant.now(), "robin", Instant.now()), Instant.now()))
                .isFalse();

        assertThat(repository.findByPrincipal("robin")).containsKey(SessionId.hash(id));
        assertThat(redis.getExpire(index, TimeUnit.MINUTES)).isBetween(118L, 120L);
    }

    @Test
    void endingAllFindsASessionThatGetsANewIdMeanwhile() {
        String id = create(Duration.ofHours(1));
        SessionData data = data(Duration.ofHours(1));
        assertThat(endAllWhile(1, () -> repository.rotateData(id, data, data.expires())))
                .isEqualTo(1);
        assertThat(repository.findByPrincipal("robin")).isEmpty();
    }

    /** A rotation adds the new id to the index, stores the new record, then ends the old one. */
    @Test
    void endingAllFindsASessionWhoseNewIdWasNotedAndNotYetStored() {
        SessionData data = data(Duration.ofHours(1));
        String old = create(Duration.ofHours(1));
        // Its index entry comes first, because it expires sooner.
        String key = prefix + SessionId.hash(create(Duration.ofMinutes(50)));
        String stored = Objects.requireNonNull(redis.opsForValue().get(key));
        redis.delete(key);

        endAllWhile(2, () -> {
            redis.opsForValue().set(key, stored);
            repository.rotateData(old, data, data.expires());
        });
        assertThat(repository.findByPrincipal("robin")).isEmpty();
    }

    /** Runs an action before the deletion reaches a session, counted from 1. */
    private int endAllWhile(int session, Runnable action) {
        // The first dispatched command reads the index.
        LettuceConnectionFactory slow = beforeDispatch(session + 1, action);
        try {
            return new RedisSessionDataRepository(slow, prefix).deleteByPrincipal("robin", null);
        } finally {
            slow.destroy();
        }
    }

    @Test
    void aHandleNamesNothingButARecord() {
        create(Duration.ofHours(1));

        assertThat(repository.deleteByHandle("robin", "principal:" + SessionId.hash("robin")))
                .isFalse();
        assertThat(redis.hasKey(index)).isTrue();
    }

    /** Connections on which one command waits for an action. */
    private static LettuceConnectionFactory beforeDispatch(int number, Runnable action) {
        AtomicInteger dispatched = new AtomicInteger();
        LettuceConnectionFactory slow =
                new LettuceConnectionFactory(new RedisStandaloneConfiguration(TestRedis.host(), TestRedis.port())) {
                    @Override
                    public RedisConnection getConnection() {
                        RedisConnection connection = super.getConnection();
                        Object commands = connection.getNativeConnection();
                        return proxy(
                                RedisConnection.class,
                                connection,
                                call -> call.equals("getNativeConnection")
                                        ? proxy(RedisClusterAsyncCommands.class, commands, command -> {
                                            if (command.equals("dispatch") && dispatched.incrementAndGet() == number) {
                                                action.run();
                                            }
                                            return null;
                                        })
                                        : null);
                    }
                };
        slow.afterPropertiesSet();
        slow.start();
        return slow;
    }

    /** Delegates calls to the target unless a replacement is given. */
    private static <T> T proxy(Class<T> type, Object target, Function<String, @Nullable Object> inPlace) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Object result = inPlace.apply(method.getName());
                    return result != null ? result : method.invoke(target, arguments);
                }));
    }

    private long size() {
        Long members = redis.opsForZSet().zCard(index);
        return members == null ? 0 : members;
    }

    private String create(Duration lifetime) {
        SessionData data = data(lifetime);
        return repository.createData(data, data.expires());
    }

    private static SessionData data(Duration lifetime) {
        return SessionData.fromJson(
                "{\"a\":1}", 0, Instant.now(), "robin", Instant.now().plus(lifetime));
    }

    private static void awaitExpiry(long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis + 20);
        while (System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
