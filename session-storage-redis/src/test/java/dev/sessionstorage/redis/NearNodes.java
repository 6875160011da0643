package dev.sessionstorage.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.springframework.dao.DataAccessException;

/** Helps tests of nodes with near caches: waits for notifications and measures how stale a read can be. */
final class NearNodes {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int ENOUGH_FOR_ALL_SLOTS = 100;

    private NearNodes() {}

    /** Reads until the cache is on, because a read connects it. */
    static void awaitOn(RedisSessionDataRepository node) {
        await("the near cache is on", () -> {
            node.readData(SessionId.create());
            return node.near.isOn();
        });
    }

    static void awaitOff(RedisSessionDataRepository node) {
        await("the near cache is off", () -> !node.near.isOn());
    }

    /** Waits until a failover is over for every slot. */
    static void awaitThatAllSlotsWork(RedisSessionDataRepository node) {
        await("all slots work", () -> {
            try {
                for (int i = 0; i < ENOUGH_FOR_ALL_SLOTS; i++) {
                    node.deleteData(create(node));
                }
                return true;
            } catch (DataAccessException e) {
                return false;
            }
        });
    }

    /** The median of several rounds. */
    static Duration typicalStaleness(RedisSessionDataRepository first, RedisSessionDataRepository second) {
        return Duration.ofNanos(stalenessOfDestroys(first, second, 100)[50]);
    }

    /**
     * The staleness after each destroy, in nanoseconds, sorted. The notifications of the creations arrive before the destroys
     * begin.
     */
    static long[] stalenessOfDestroys(RedisSessionDataRepository first, RedisSessionDataRepository second, int rounds) {
        awaitOn(second);
        List<String> ids = Stream.generate(() -> create(first)).limit(rounds).toList();
        long[] nanos = ids.stream()
                .mapToLong(id -> stalenessOfADestroy(first, second, id))
                .sorted()
                .toArray();
        System.out.printf(
                "%d sessions destroyed on one node were last read on another after: median %d us, p99 %d us, at most %d us%n",
                rounds, nanos[rounds / 2] / 1_000, nanos[rounds * 99 / 100] / 1_000, nanos[rounds - 1] / 1_000);
        return nanos;
    }

    /** The time from the first node's acknowledged destroy to the start of the second node's last successful read. */
    static long stalenessOfADestroy(RedisSessionDataRepository first, RedisSessionDataRepository second, String id) {
        awaitHot(second, id);
        first.deleteData(id);
        long destroyed = System.nanoTime();
        long last = destroyed;
        for (long now = destroyed; second.readData(id) != null; now = System.nanoTime()) {
            last = now;
        }
        return last - destroyed;
    }

    @SuppressWarnings("ReferenceEquality") // what comes from Redis is another object each time
    static void awaitHot(RedisSessionDataRepository node, String id) {
        await("the session is kept", () -> {
            SessionData data = Objects.requireNonNull(node.readData(id));
            return node.readData(id) == data;
        });
    }

    static String create(RedisSessionDataRepository node) {
        SessionData data = SessionData.fromJson(
                "{\"a\":1}", 0, Instant.now(), null, Instant.now().plus(Duration.ofHours(1)));
        return node.createData(data, data.expires());
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline until " + what).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
