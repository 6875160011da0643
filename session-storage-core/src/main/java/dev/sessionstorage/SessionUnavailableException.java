package dev.sessionstorage;

import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * The repository failed. The session may exist, so it is never treated as anonymous. Spring MVC answers 503. The cause is the
 * exception that the repository threw.
 */
public final class SessionUnavailableException extends SessionException {

    private static final String DETAIL = "Sessions are unavailable at the moment. Try again.";

    SessionUnavailableException(String operation, RuntimeException cause) {
        super("The session repository failed to " + operation, cause, HttpStatus.SERVICE_UNAVAILABLE, DETAIL);
    }

    private SessionUnavailableException(SessionUnavailableException failure) {
        super(String.valueOf(failure.getMessage()), failure.getCause(), HttpStatus.SERVICE_UNAVAILABLE, DETAIL);
    }

    /** The exception for one request of a failed group commit. Each request gets its own. */
    static RuntimeException ofGroup(CompletionException failure) {
        if (failure.getCause() instanceof SessionUnavailableException unavailable) {
            return new SessionUnavailableException(unavailable);
        }
        if (failure.getCause() instanceof Error error) {
            throw error;
        }
        return failure.getCause() instanceof RuntimeException runtime ? runtime : failure;
    }

    /**
     * Calls the repository and wraps what it throws, except {@link UnsupportedOperationException}, which says that the caller
     * may not do this here.
     */
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
