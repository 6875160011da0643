package dev.sessionstorage;

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
}
