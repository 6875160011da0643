package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.SessionStorage;

/**
 * Customizes what no property of the storage covers, such as its Jackson mapper or the receiver of its events. All beans of
 * this type are called.
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
