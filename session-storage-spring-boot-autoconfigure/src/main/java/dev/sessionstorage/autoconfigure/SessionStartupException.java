package dev.sessionstorage.autoconfigure;

import org.jspecify.annotations.Nullable;

/** A mistake that only the application's developer or operator can put right: what is wrong, and what to do. */
final class SessionStartupException extends RuntimeException {

    private final String action;

    SessionStartupException(String description, String action) {
        this(description, action, null);
    }

    SessionStartupException(String description, String action, @Nullable Throwable cause) {
        super(description, cause);
        this.action = action;
    }

    String action() {
        return action;
    }
}
