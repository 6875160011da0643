package dev.sessionstorage;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * The repository failed, so it is not known whether there is a session: never treated as an anonymous one. Spring MVC
 * answers 503. The cause is what the repository threw.
 */
public final class SessionUnavailableException extends SessionException {

    SessionUnavailableException(String operation, RuntimeException cause) {
        super(
                "The session repository failed to " + operation,
                cause,
                HttpStatus.SERVICE_UNAVAILABLE,
                "Sessions are unavailable at the moment. Try again.");
    }

    /** Calls the repository; whatever it throws becomes this exception, except what says that the caller may not do that here. */
    static <T extends @Nullable Object> T guard(String operation, Supplier<T> callback) {
        try {
            return callback.get();
        } catch (UnsupportedOperationException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new SessionUnavailableException(operation, e);
        }
    }
}
