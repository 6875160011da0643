package dev.sessionstorage;

import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponse;

/**
 * Another request changed an attribute between this request's read and its write of it; nothing was written. Spring MVC
 * answers 409. Use {@link Session#update} where the new value follows from the old one.
 */
public final class SessionConflictException extends RuntimeException implements ErrorResponse {

    SessionConflictException(String message) {
        super(message);
    }

    @Override
    public HttpStatusCode getStatusCode() {
        return HttpStatus.CONFLICT;
    }

    @Override
    public ProblemDetail getBody() {
        return ProblemDetail.forStatusAndDetail(
                getStatusCode(), "The session was changed by another request at the same time. Try again.");
    }
}
