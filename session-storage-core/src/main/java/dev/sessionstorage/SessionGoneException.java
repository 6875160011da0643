package dev.sessionstorage;

import org.springframework.http.HttpStatus;

/**
 * The session was destroyed or expired after this request had read it; nothing was written and the session does not come back.
 * Spring MVC answers 401. One that has moved to another id is gone too where the repository does not say so
 * ({@link SessionDataRepository#isMoved}).
 */
public final class SessionGoneException extends SessionException {

    SessionGoneException() {
        super(
                "The session was destroyed, expired or rotated by another request; its changes were not stored",
                null,
                HttpStatus.UNAUTHORIZED,
                "The session has ended.");
    }
}
