package dev.sessionstorage.autoconfigure;

import org.jspecify.annotations.Nullable;

/** A configuration mistake, with a description and the action that corrects it. */
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
