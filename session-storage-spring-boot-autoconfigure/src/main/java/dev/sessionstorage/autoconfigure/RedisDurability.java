package dev.sessionstorage.autoconfigure;

import java.time.Duration;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Warns of what Redis's own settings let it lose: asked by {@code INFO}, which hosted servers allow where {@code CONFIG} is
 * refused. It asks once all beans are made, since Lettuce's threads may need some, and in a thread of its own, since a server
 * that does not answer holds no start up for long.
 */
final class RedisDurability implements SmartLifecycle {

    private static final Log LOG = LogFactory.getLog(RedisDurability.class);
    private static final Duration START_WAITS = Duration.ofSeconds(10);

    private final RedisConnectionFactory factory;
    private volatile @Nullable Thread check;

    RedisDurability(RedisConnectionFactory factory) {
        this.factory = factory;
    }

    @Override
    public void start() {
        Thread starting = new Thread(this::warn, "session-redis-durability");
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

    private void warn() {
        try (RedisConnection connection = factory.getConnection()) {
            Properties persistence = connection.serverCommands().info("persistence");
            Properties memory = connection.serverCommands().info("memory");
            if (values(persistence, "aof_enabled").anyMatch("0"::equals)) {
                LOG.warn("Redis runs with 'appendonly no', so sessions committed since its last snapshot are lost when"
                        + " it crashes: set appendonly yes");
            }
            if (values(memory, "maxmemory_policy").anyMatch(policy -> !policy.equals("noeviction"))) {
                LOG.warn("Redis has a maxmemory-policy that evicts, so it ends live sessions when its memory is full,"
                        + " and signing a user out everywhere misses sessions whose index has gone: set"
                        + " maxmemory-policy noeviction");
            }
        } catch (DataAccessException | IllegalStateException e) {
            LOG.warn("Redis does not say how durable it is, or cannot be reached yet: " + e.getMessage());
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
