package dev.sessionstorage;

import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponse;

/**
 * The session was destroyed, expired or moved to another id after this request had read it; nothing was written and the
 * session does not come back. Spring MVC answers 401.
 */
public final class SessionGoneException extends RuntimeException implements ErrorResponse {

    SessionGoneException() {
        super("The session was destroyed, expired or rotated by another request; its changes were not stored");
    }

    @Override
    public HttpStatusCode getStatusCode() {
        return HttpStatus.UNAUTHORIZED;
    }

    @Override
    public ProblemDetail getBody() {
        return ProblemDetail.forStatusAndDetail(getStatusCode(), "The session has ended.");
    }
}
