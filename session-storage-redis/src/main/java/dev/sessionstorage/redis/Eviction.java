package dev.sessionstorage.redis;

import java.util.Properties;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Whether Redis has dropped keys because its memory was full. Of a session and the index of its principal it drops the index
 * first, which is used less often.
 */
final class Eviction {

    private final LettuceConnectionFactory factory;

    Eviction(LettuceConnectionFactory factory) {
        this.factory = factory;
    }

    /** False also where a user of Redis may not ask. */
    boolean hasHappened() {
        try (RedisConnection connection = factory.getConnection()) {
            return any(
                            connection.serverCommands().info("memory"),
                            "maxmemory_policy",
                            policy -> !policy.equals("noeviction"))
                    && any(connection.serverCommands().info("stats"), "evicted_keys", count -> !count.equals("0"));
        } catch (DataAccessException refused) {
            return false;
        }
    }

    /** One value, or on a cluster one of each node, which is named before the dot. */
    private static boolean any(@Nullable Properties info, String name, Predicate<String> test) {
        return info != null
                && info.stringPropertyNames().stream()
                        .filter(key -> key.equals(name) || key.endsWith("." + name))
                        .map(info::getProperty)
                        .anyMatch(test);
    }
}
