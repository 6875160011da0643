package dev.sessionstorage.redis;

import java.util.Properties;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Detects whether Redis has evicted keys because its memory was full. A principal's index is evicted before its sessions,
 * because it is used less often.
 */
final class Eviction {

    private final LettuceConnectionFactory factory;

    Eviction(LettuceConnectionFactory factory) {
        this.factory = factory;
    }

    /** Whether keys have been evicted; false also if this Redis user may not ask. */
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

    /** Tests the value or, on a cluster, each node's value, whose key begins with the node's name and a dot. */
    private static boolean any(@Nullable Properties info, String name, Predicate<String> test) {
        return info != null
                && info.stringPropertyNames().stream()
                        .filter(key -> key.equals(name) || key.endsWith("." + name))
                        .map(info::getProperty)
                        .anyMatch(test);
    }
}
