package dev.sessionstorage.redis;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceExceptionConverter;

/**
 * The connections of a factory. The one that it shares among all threads is kept as long as it is open: the factory gives it
 * out behind a lock, which each command would take twice.
 */
final class Connections {

    private static final LettuceExceptionConverter EXCEPTIONS = new LettuceExceptionConverter();

    private final LettuceConnectionFactory factory;
    private volatile @Nullable Exchange shared;

    Connections(LettuceConnectionFactory factory) {
        this.factory = factory;
    }

    /** Gives an operation a connection; whatever fails is a {@link DataAccessException}. */
    <T extends @Nullable Object> T call(Function<Exchange, T> operation) {
        try {
            Exchange kept = shared;
            return kept != null && kept.isOpen() ? operation.apply(kept) : callOnLent(operation);
        } catch (RuntimeException e) {
            DataAccessException translated = EXCEPTIONS.convert(e);
            throw translated != null ? translated : new RedisSystemException("Redis could not be asked", e);
        }
    }

    private <T extends @Nullable Object> T callOnLent(Function<Exchange, T> operation) {
        try (RedisConnection connection = factory.getConnection()) {
            Exchange lent = new Exchange(connection, factory.getTimeout());
            // A factory that validates its connection wants to do so each time.
            if (factory.getShareNativeConnection() && !factory.getValidateConnection()) {
                shared = lent;
            }
            return operation.apply(lent);
        }
    }
}
