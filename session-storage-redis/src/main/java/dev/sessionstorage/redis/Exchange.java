package dev.sessionstorage.redis;

import io.lettuce.core.AbstractRedisAsyncCommands;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;

/**
 * Commands that go to Redis at once, and the answers to them. They are Lettuce's own, which don't wait, so that several can
 * share one round trip.
 */
final class Exchange {

    /** Sends each command when it is called. */
    final RedisClusterAsyncCommands<byte[], byte[]> commands;

    private final long timeoutMillis;

    @SuppressWarnings("unchecked") // Lettuce's connections of spring-data-redis are of bytes
    Exchange(RedisConnection connection, long timeoutMillis) {
        this.commands = (RedisClusterAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
        this.timeoutMillis = timeoutMillis;
    }

    /** Whether the connection is there: neither closed, nor lost and not there again. */
    boolean isOpen() {
        return commands instanceof AbstractRedisAsyncCommands<?, ?> lettuces
                && lettuces.getConnection().isOpen();
    }

    /** Waits for the answer to a command, which is not sent any more if it has waited too long for a connection. */
    <T extends @Nullable Object> T await(RedisFuture<T> sent) {
        return LettuceFutures.awaitOrCancel(sent, timeoutMillis, TimeUnit.MILLISECONDS);
    }
}
