package dev.sessionstorage.web;

import dev.sessionstorage.SessionException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Answers a {@link SessionException} with its problem detail (RFC 9457), unless the client would rather have HTML: that gets
 * the application's error page. Any handler of the application's own comes first.
 */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
public final class SessionExceptionAdvice {

    /** An advice; register it as a bean. */
    public SessionExceptionAdvice() {}

    @ExceptionHandler(
            exception = SessionException.class,
            produces = {MediaType.APPLICATION_PROBLEM_JSON_VALUE, MediaType.APPLICATION_JSON_VALUE})
    ResponseEntity<ProblemDetail> answer(SessionException e) {
        return ResponseEntity.status(e.getStatusCode())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(e.getBody());
    }
}
