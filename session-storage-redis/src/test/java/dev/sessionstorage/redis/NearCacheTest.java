package dev.sessionstorage.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * What the near cache keeps, and that it drops a read that a write has overtaken. Latches force the order, and a real Redis
 * sends the notifications.
 */
@Timeout(60)
class NearCacheTest {

    private static LettuceConnectionFactory factory;

    private final String prefix = "test:" + UUID.randomUUID() + ":";
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final AtomicBoolean expired = new AtomicBoolean();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicLong nanoTime = new AtomicLong();
    private RedisSessionDataRepository otherNode;
    private NearCache cache;

    @BeforeAll
    static void connect() {
        factory = TestRedis.connect();
    }

    @BeforeEach
    void startTwoNodes() {
        otherNode = new RedisSessionDataRepository(factory, prefix);
        cache = cache(100);
    }

    @AfterEach
    void endTheThread() {
        thread.shutdownNow();
    }

    @AfterAll
    static void disconnect() {
        factory.destroy();
    }

    @Test
    void aReadThatAnotherNodesWriteOvertakesIsNotKept() throws Exception {
        String id = create();
        PausedRead overtaken = new PausedRead(id);
        Future<@Nullable SessionData> answer = thread.submit(() -> cache.read(SessionId.hash(id), overtaken));
        overtaken.awaitRead();

        SessionData data = Objects.requireNonNull(otherNode.readData(id));
        assertThat(otherNode.updateData(id, data, data.expires())).isTrue();
        awaitThatRedisHasTold();
        overtaken.release();

        assertThat(Objects.requireNonNull(answer.get()).version()).isZero();
        assertThat(Objects.requireNonNull(read(id)).version()).isEqualTo(1);
        assertThat(reads).hasValue(1);
    }

    @Test
    void aReadThatADestroyOvertakesIsNotKept() throws Exception {
        String id = create();
        PausedRead overtaken = new PausedRead(id);
        Future<@Nullable SessionData> answer = thread.submit(() -> cache.read(SessionId.hash(id), overtaken));
        overtaken.awaitRead();

        otherNode.deleteData(id);
        awaitThatRedisHasTold();
        overtaken.release();

        assertThat(answer.get()).isNotNull();
        assertThat(read(id)).isNull();
    }

    @Test
    void aReadThatAWriteOfThisNodeOvertakesIsNotKept() throws Exception {
        String id = create();
        PausedRead overtaken = new PausedRead(id);
        Future<@Nullable SessionData> answer = thread.submit(() -> cache.read(SessionId.hash(id), overtaken));
        overtaken.awaitRead();

        cache.drop(SessionId.hash(id));
        overtaken.release();
        answer.get();
        read(id);

        assertThat(reads).hasValue(1);
    }

    @Test
    void readsThatMeetShareOneAnswer() throws Exception {
        String id = create();
        PausedRead first = new PausedRead(id);
        Future<@Nullable SessionData> answer = thread.submit(() -> cache.read(SessionId.hash(id), first));
        first.awaitRead();
        ExecutorService second = Executors.newSingleThreadExecutor();
        CountDownLatch started = new CountDownLatch(1);
        Callable<@Nullable SessionData> read = () -> {
            started.countDown();
            return read(id);
        };
        Future<@Nullable SessionData> shared = second.submit(read);
        started.await();
        first.release();

        assertThat(shared.get()).isSameAs(answer.get());
        assertThat(reads).hasValue(0);
        second.shutdown();
    }

    @Test
    void aReadThatFailedIsNotKept() {
        String id = create();

        assertThatIllegalStateException()
                .isThrownBy(() -> cache.read(SessionId.hash(id), () -> {
                    throw new IllegalStateException("Redis is gone");
                }));

        assertThat(read(id)).isNotNull();
        assertThat(reads).hasValue(1);
    }

    @Test
    void whatIsMissingIsNotKept() {
        String missing = SessionId.create();

        assertThat(read(missing)).isNull();
        assertThat(read(missing)).isNull();

        assertThat(reads).hasValue(2);
    }

    @Test
    void whatHasExpiredIsReadFromRedis() {
        String id = create();
        read(id);
        read(id);
        assertThat(reads).hasValue(1);

        expired.set(true);
        read(id);

        assertThat(reads).hasValue(2);
    }

    @Test
    void nothingIsKeptForMoreThanASecond() {
        String id = create();
        read(id);
        nanoTime.addAndGet(NearCache.MAX_AGE_NANOS - 1);
        read(id);
        assertThat(reads).hasValue(1);

        nanoTime.incrementAndGet();
        read(id);

        assertThat(NearCache.MAX_AGE_NANOS).isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(reads).hasValue(2);
    }

    @Test
    void theSessionsUsedLastAreKept() {
        cache = cache(2);
        List<String> ids = List.of(create(), create(), create());
        read(ids.get(0));
        read(ids.get(1));
        read(ids.get(0));
        read(ids.get(2));
        assertThat(reads).hasValue(3);

        read(ids.get(0));
        read(ids.get(2));
        assertThat(reads).hasValue(3);
        read(ids.get(1));
        assertThat(reads).hasValue(4);
    }

    @Test
    void aSizeOfNoneNeverConnects() {
        String id = create();
        cache = new NearCache(0, prefix, new LettuceConnectionFactory(), expiry(), nanoTime::get);

        read(id);
        read(id);

        assertThat(reads).hasValue(2);
        assertThat(cache.isOn()).isFalse();
    }

    @Test
    void aNegativeSizeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RedisSessionDataRepository(factory, prefix, -1))
                .withMessageContaining("-1");
    }

    /** Redis sends notifications in the order of the writes, so the one for a later write means that all have arrived. */
    private void awaitThatRedisHasTold() {
        String marker = createUntold();
        NearNodes.await("the marker is kept", () -> isKept(marker));
        otherNode.deleteData(marker);
        NearNodes.await("the marker is dropped", () -> !isKept(marker));
    }

    private boolean isKept(String id) {
        AtomicBoolean kept = new AtomicBoolean(true);
        cache.read(SessionId.hash(id), () -> {
            kept.set(false);
            return otherNode.readData(id);
        });
        return kept.get();
    }

    private @Nullable SessionData read(String id) {
        return cache.read(SessionId.hash(id), () -> {
            reads.incrementAndGet();
            return otherNode.readData(id);
        });
    }

    /** Waits, because Redis sends a notification for a creation, too. */
    private String create() {
        String id = createUntold();
        awaitThatRedisHasTold();
        return id;
    }

    private String createUntold() {
        SessionData data =
                SessionData.fromJson("{}", 0, Instant.now(), null, Instant.now().plus(Duration.ofHours(1)));
        return otherNode.createData(data, data.expires());
    }

    private NearCache cache(int size) {
        NearCache started = new NearCache(size, prefix, factory, expiry(), nanoTime::get);
        NearNodes.await("the near cache is on", () -> {
            started.read("nobody", () -> null);
            return started.isOn();
        });
        return started;
    }

    private KeyExpiry expiry() {
        return new KeyExpiry(expires -> expired.get() ? 1 : Long.MAX_VALUE);
    }

    /** A read that has its reply but does not return it until it is released. */
    private final class PausedRead implements Supplier<@Nullable SessionData> {

        private static final long PATIENCE_SECONDS = 30;

        private final String id;
        private final CountDownLatch read = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        PausedRead(String id) {
            this.id = id;
        }

        @Override
        public @Nullable SessionData get() {
            SessionData data = otherNode.readData(id);
            read.countDown();
            await(released);
            return data;
        }

        void awaitRead() {
            await(read);
        }

        void release() {
            released.countDown();
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }
}
