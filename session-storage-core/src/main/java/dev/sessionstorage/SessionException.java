package dev.sessionstorage;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponse;

/** A session error that a client may see. Spring MVC answers with its status and problem detail (RFC 9457). */
public abstract sealed class SessionException extends RuntimeException implements ErrorResponse
        permits SessionConflictException, SessionGoneException, SessionUnavailableException {

    private final HttpStatus status;
    private final ProblemDetail body;

    SessionException(String message, @Nullable Throwable cause, HttpStatus status, String detail) {
        super(message, cause);
        this.status = status;
        this.body = ProblemDetail.forStatusAndDetail(status, detail);
    }

    @Override
    public HttpStatusCode getStatusCode() {
        return status;
    }

    @Override
    public ProblemDetail getBody() {
        return body;
    }
}
