package dev.sessionstorage.jpa;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds the connection that the calling thread holds, so that a session's statement need not wait for a second one. */
@FunctionalInterface
public interface HeldConnections {

    /**
     * The connection that the calling thread holds, in a transaction or outside one.
     *
     * @return null if the thread holds none
     */
    @Nullable
    HeldConnection find();

    /**
     * Runs work that takes a separate connection. Override it if the thread's transaction decides which database a new
     * connection leads to: it must be a writable one.
     *
     * @param work takes a connection and returns it
     * @return what the work returns
     */
    default <T extends @Nullable Object> T onOwnConnection(Supplier<T> work) {
        return work.get();
    }

    /**
     * Runs an action if the calling thread's transaction undoes what was just written: it rolls back, wholly or to an earlier
     * savepoint.
     *
     * @param action of several, that of the last write runs first
     */
    default void ifUndone(Runnable action) {
        // Nothing, by default: a session continues as if the transaction had been committed.
    }

    /**
     * Translates a failure of the application's transaction to the exception that the application knows and retries on.
     *
     * @param failure Hibernate's exception
     * @return the failure itself, unless overridden
     */
    default RuntimeException translated(RuntimeException failure) {
        return failure;
    }
}
