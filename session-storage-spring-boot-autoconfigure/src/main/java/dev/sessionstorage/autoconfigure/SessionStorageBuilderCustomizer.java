package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.SessionStorage;

/**
 * Changes the storage that the starter builds, where no property does: its Jackson mapper, or who is told of its events. Any
 * bean of this type is called.
 */
@FunctionalInterface
public interface SessionStorageBuilderCustomizer {

    /**
     * Called once, after all properties are set.
     *
     * @param builder the storage's builder
     */
    void customize(SessionStorage.Builder builder);
}
