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
}
