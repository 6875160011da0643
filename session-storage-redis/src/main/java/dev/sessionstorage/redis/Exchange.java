package dev.sessionstorage.redis;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceExceptionConverter;

/**
 * Commands that go to Redis at once, and the answers to them. They are Lettuce's own, which don't wait, so that several can
 * share one round trip.
 */
final class Exchange {

    private static final LettuceExceptionConverter EXCEPTIONS = new LettuceExceptionConverter();

    /** Sends each command when it is called. */
    final RedisClusterAsyncCommands<byte[], byte[]> commands;

    private final long timeoutMillis;

    private Exchange(RedisClusterAsyncCommands<byte[], byte[]> commands, long timeoutMillis) {
        this.commands = commands;
        this.timeoutMillis = timeoutMillis;
    }

    /** Gives an operation a connection; whatever fails is a {@link DataAccessException}. */
    @SuppressWarnings("unchecked") // Lettuce's connections of spring-data-redis are of bytes
    static <T extends @Nullable Object> T with(LettuceConnectionFactory factory, Function<Exchange, T> operation) {
        try (RedisConnection connection = factory.getConnection()) {
            var commands = (RedisClusterAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
            return operation.apply(new Exchange(commands, factory.getTimeout()));
        } catch (RuntimeException e) {
            DataAccessException translated = EXCEPTIONS.convert(e);
            throw translated != null ? translated : new RedisSystemException("Redis could not be asked", e);
        }
    }

    /** Waits for the answer to a command, which is not sent any more if it has waited too long for a connection. */
    <T extends @Nullable Object> T await(RedisFuture<T> sent) {
        return LettuceFutures.awaitOrCancel(sent, timeoutMillis, TimeUnit.MILLISECONDS);
    }
}
