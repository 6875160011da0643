package dev.sessionstorage;

import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * The repository failed, so it is not known whether there is a session: never treated as an anonymous one. Spring MVC
 * answers 503. The cause is what the repository threw.
 */
public final class SessionUnavailableException extends SessionException {

    private static final String DETAIL = "Sessions are unavailable at the moment. Try again.";

    SessionUnavailableException(String operation, RuntimeException cause) {
        super("The session repository failed to " + operation, cause, HttpStatus.SERVICE_UNAVAILABLE, DETAIL);
    }

    private SessionUnavailableException(SessionUnavailableException failure) {
        super(String.valueOf(failure.getMessage()), failure.getCause(), HttpStatus.SERVICE_UNAVAILABLE, DETAIL);
    }

    /** What one of the requests whose changes were written together is told of the failure: each gets its own. */
    static RuntimeException ofGroup(CompletionException failure) {
        if (failure.getCause() instanceof SessionUnavailableException unavailable) {
            return new SessionUnavailableException(unavailable);
        }
        if (failure.getCause() instanceof Error error) {
            throw error;
        }
        return failure.getCause() instanceof RuntimeException runtime ? runtime : failure;
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
