package dev.sessionstorage;

import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponse;

/**
 * The repository failed, so it is not known whether there is a session: never treated as an anonymous one. Spring MVC
 * answers 503. The cause is what the repository threw.
 */
public final class SessionUnavailableException extends RuntimeException implements ErrorResponse {

    SessionUnavailableException(String operation, RuntimeException cause) {
        super("The session repository failed to " + operation, cause);
    }

    @Override
    public HttpStatusCode getStatusCode() {
        return HttpStatus.SERVICE_UNAVAILABLE;
    }

    @Override
    public ProblemDetail getBody() {
        return ProblemDetail.forStatusAndDetail(getStatusCode(), "Sessions are unavailable at the moment. Try again.");
    }
}
