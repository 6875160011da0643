package dev.sessionstorage;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * Another request changed an attribute between this request's read and write of it, or moved the session to a new id that this
 * request does not know. Nothing was written. Spring MVC answers 409. Use {@link Session#update} if the new value follows from
 * the old one.
 */
public final class SessionConflictException extends SessionException {

    private final HttpHeaders headers;

    SessionConflictException(String message) {
        this(message, "The session was changed by another request at the same time. Try again.", HttpHeaders.EMPTY);
    }

    private SessionConflictException(String message, String detail, HttpHeaders headers) {
        super(message, null, HttpStatus.CONFLICT, detail);
        this.headers = headers;
    }

    /** For a request that carries an id from before a rotation: the response with the new id is on its way to the browser. */
    static SessionConflictException moved() {
        HttpHeaders soon = new HttpHeaders();
        soon.set(HttpHeaders.RETRY_AFTER, "1");
        return new SessionConflictException(
                "The session moved to a new id after this request was sent: send the request again with it",
                "The session has a new id. Send the request again, with the newest cookie.",
                soon);
    }

    /** Contains {@code Retry-After} if the session has moved to a new id. */
    @Override
    public HttpHeaders getHeaders() {
        return HttpHeaders.readOnlyHttpHeaders(headers);
    }
}
