package dev.sessionstorage;

import org.springframework.http.HttpStatus;

/**
 * Another request changed an attribute between this request's read and its write of it; nothing was written. Spring MVC
 * answers 409. Use {@link Session#update} where the new value follows from the old one.
 */
public final class SessionConflictException extends SessionException {

    SessionConflictException(String message) {
        super(
                message,
                null,
                HttpStatus.CONFLICT,
                "The session was changed by another request at the same time. Try again.");
    }
}
