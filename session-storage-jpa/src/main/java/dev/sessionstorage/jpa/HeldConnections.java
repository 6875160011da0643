package dev.sessionstorage.jpa;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells which connection the calling thread holds, so that a session's statement does not wait for another one. */
@FunctionalInterface
public interface HeldConnections {

    /**
     * The connection that the calling thread holds, in a transaction or outside of one.
     *
     * @return null if the thread holds none
     */
    @Nullable
    HeldConnection find();

    /**
     * Runs work that takes a connection of its own. Override it where a transaction of the thread decides which database such a
     * connection leads to: it has to be one that can be written.
     *
     * @param work takes a connection, and gives it back
     * @return what the work returns
     */
    default <T extends @Nullable Object> T onOwnConnection(Supplier<T> work) {
        return work.get();
    }

    /**
     * Runs an action if what the calling thread has just written in the transaction that it holds a connection for is undone:
     * the transaction is rolled back, or to a savepoint from before.
     *
     * @param action of several, those of the last writes run first
     */
    default void ifUndone(Runnable action) {
        // Nothing, by default: a session goes on as if the transaction had been committed.
    }

    /**
     * The exception that the application knows for a failure of its transaction, and begins anew after.
     *
     * @param failure what Hibernate has made of it
     * @return that exception, unless overridden
     */
    default RuntimeException translated(RuntimeException failure) {
        return failure;
    }
}
