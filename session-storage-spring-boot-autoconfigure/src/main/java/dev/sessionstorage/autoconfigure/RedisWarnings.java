package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.redis.RedisSessionDataRepository;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisServerCommands;

/**
 * What Redis refuses, how far its clock is off, and what its own settings let it lose: the last asked by {@code INFO}, which
 * hosted servers allow where {@code CONFIG} is refused. It asks once all beans are made, since Lettuce's threads may need some,
 * and in a thread of its own, since a server that does not answer holds no start up for long.
 */
final class RedisWarnings implements SmartLifecycle {

    private static final Log LOG = LogFactory.getLog(RedisWarnings.class);
    private static final Duration START_WAITS = Duration.ofSeconds(10);
    private static final Duration CLOCKS_MAY_DIFFER = Duration.ofSeconds(5);

    private final RedisConnectionFactory factory;
    private final RedisSessionDataRepository repository;
    private final Clock clock;
    private volatile @Nullable Thread check;

    RedisWarnings(RedisConnectionFactory factory, RedisSessionDataRepository repository, Clock clock) {
        this.factory = factory;
        this.repository = repository;
        this.clock = clock;
    }

    @Override
    public void start() {
        Thread starting = new Thread(this::warn, "session-redis-warnings");
        starting.setDaemon(true);
        starting.start();
        check = starting;
        try {
            starting.join(START_WAITS.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void stop() {
        Thread present = check;
        if (present != null) {
            present.interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        Thread present = check;
        return present != null && present.isAlive();
    }

    /** Whatever a driver or a proxy before Redis throws, it is only a warning that is not given. */
    private void warn() {
        try (RedisConnection connection = factory.getConnection()) {
            RedisServerCommands server = connection.serverCommands();
            warnOf(
                    "Redis refuses what sessions need, so requests with sessions are answered with 503. They need Redis"
                            + " 6.2 or newer, not a replica, and the permissions that docs/redis.md lists",
                    this::tryOut);
            warnOf("Redis does not tell its time", () -> warnOfClock(server));
            warnOf("Redis does not say how durable it is", () -> warnOfLoss(server));
        } catch (RuntimeException e) {
            warn("Redis cannot be reached yet, so requests with sessions are answered with 503", e);
        }
    }

    private static void warnOf(String failure, Runnable question) {
        try {
            question.run();
        } catch (QueryTimeoutException | RedisConnectionFailureException e) {
            throw e;
        } catch (RuntimeException e) {
            warn(failure, e);
        }
    }

    /** No command so far had anything of a user in it. */
    private static void warn(String failure, RuntimeException e) {
        if (!Thread.currentThread().isInterrupted()) {
            LOG.warn(failure + ": "
                    + NestedExceptionUtils.getMostSpecificCause(e).getMessage());
        }
    }

    /** What has expired in 1970 leaves nothing behind, under its own key or in the index of its principal. */
    private void tryOut() {
        SessionData expired = SessionData.fromJson("{}", 0, Instant.EPOCH, "session-storage", Instant.EPOCH);
        String id = repository.createData(expired, Instant.EPOCH);
        repository.extendData(id, expired, Instant.EPOCH);
        repository.readData(id);
    }

    private void warnOfClock(RedisServerCommands server) {
        long before = clock.millis();
        Long now = server.time(TimeUnit.MILLISECONDS);
        if (now == null) {
            return;
        }
        Duration ahead = Duration.ofMillis((before + clock.millis()) / 2 - now);
        if (ahead.abs().compareTo(CLOCKS_MAY_DIFFER) > 0) {
            LOG.warn("This node's clock is " + ahead.abs().toSeconds() + " s "
                    + (ahead.isNegative() ? "behind" : "ahead of")
                    + " that of Redis: sessions end too early or too late. Let both be set by NTP");
        }
    }

    private static void warnOfLoss(RedisServerCommands server) {
        if (values(server.info("persistence"), "aof_enabled").anyMatch("0"::equals)) {
            LOG.warn("Redis runs with 'appendonly no', so sessions committed since its last snapshot are lost when"
                    + " it crashes: set appendonly yes");
        }
        if (values(server.info("memory"), "maxmemory_policy").anyMatch(policy -> !policy.equals("noeviction"))) {
            LOG.warn("Redis has a maxmemory-policy that evicts, so it ends live sessions when its memory is full,"
                    + " and signing a user out everywhere misses sessions whose index has gone: set"
                    + " maxmemory-policy noeviction");
        }
    }

    /** One value, or on a cluster one of each node, which is named before the dot. */
    private static Stream<String> values(@Nullable Properties info, String name) {
        return info == null
                ? Stream.empty()
                : info.stringPropertyNames().stream()
                        .filter(key -> key.equals(name) || key.endsWith("." + name))
                        .map(info::getProperty);
    }
}
