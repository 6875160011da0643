package dev.sessionstorage;

import org.springframework.http.HttpStatus;

/**
 * The session was destroyed or expired after this request read it. Nothing was written, and the session does not come back.
 * Spring MVC answers 401. A session that has moved to another id also counts as gone if the repository cannot tell
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
