package dev.sessionstorage.redis;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceExceptionConverter;

/**
 * Provides a factory's connections. It keeps the shared one while it is open: the factory hands it out under a lock, which each
 * command would take twice.
 */
final class Connections {

    private static final LettuceExceptionConverter EXCEPTIONS = new LettuceExceptionConverter();

    private final LettuceConnectionFactory factory;
    private final ReentrantLock connecting = new ReentrantLock();
    private volatile @Nullable Exchange shared;

    Connections(LettuceConnectionFactory factory) {
        this.factory = factory;
    }

    /** Runs an operation on a connection; any failure is a {@link DataAccessException}. */
    <T extends @Nullable Object> T call(Function<Exchange, T> operation) {
        try {
            Exchange kept = shared;
            return kept != null && kept.isOpen() ? operation.apply(kept) : callOnLent(operation);
        } catch (RuntimeException e) {
            DataAccessException translated = EXCEPTIONS.convert(e);
            throw translated != null ? translated : new RedisSystemException("A Redis command failed", e);
        }
    }

    private <T extends @Nullable Object> T callOnLent(Function<Exchange, T> operation) {
        try (RedisConnection connection = factory.getShareNativeConnection() ? connect() : factory.getConnection()) {
            Exchange lent = new Exchange(connection, factory.getTimeout());
            // A factory that validates its connection must do so each time.
            if (factory.getShareNativeConnection() && !factory.getValidateConnection()) {
                shared = lent;
            }
            return operation.apply(lent);
        }
    }

    /**
     * Threads open the shared connection one at a time, and each waits for its turn for at most the command timeout. If the
     * server accepts connections but never answers, each thread would otherwise wait for all those before it.
     */
    private RedisConnection connect() {
        if (!mayConnect()) {
            throw new RedisConnectionFailureException("Connecting to Redis took longer than the command timeout");
        }
        try {
            return factory.getConnection();
        } finally {
            connecting.unlock();
        }
    }

    private boolean mayConnect() {
        long timeout = factory.getTimeout();
        try {
            // As in Lettuce, no timeout means forever.
            return connecting.tryLock(timeout > 0 ? timeout : Long.MAX_VALUE, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
