package dev.sessionstorage.web;

import dev.sessionstorage.SessionException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Answers a {@link SessionException} with its problem detail (RFC 9457), unless the client prefers HTML. Such a client gets the
 * application's error page. The application's own exception handlers take precedence.
 */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
public final class SessionExceptionAdvice {

    /** Creates an advice. Register it as a bean. */
    public SessionExceptionAdvice() {}

    @ExceptionHandler
    @Nullable
    ResponseEntity<ProblemDetail> answer(SessionException e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        HttpHeaders headers = new HttpHeaders(e.getHeaders());
        String after = headers.getFirst(HttpHeaders.RETRY_AFTER);
        if (after != null && Glance.method(request).equals("GET")) {
            // Lets a browser repeat the request after a wait. A redirect could loop.
            headers.set("Refresh", after);
        }
        if (wantsJson(request)) {
            return ResponseEntity.status(e.getStatusCode())
                    .headers(headers)
                    .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                    .body(e.getBody());
        }
        headers.forEach((name, values) -> response.setHeader(name, values.get(0)));
        if (request.getDispatcherType() == DispatcherType.ERROR) {
            // The error page itself needs the session, so this answers in plain text.
            response.setStatus(e.getStatusCode().value());
            response.setContentType(MediaType.TEXT_PLAIN_VALUE);
            response.getWriter().print(e.getBody().getDetail());
        } else {
            response.sendError(e.getStatusCode().value());
        }
        return null;
    }

    /** Browsers accept any type but prefer HTML. */
    private static boolean wantsJson(HttpServletRequest request) {
        for (MediaType type : accepted(request)) {
            if (type.includes(MediaType.APPLICATION_JSON) || type.includes(MediaType.APPLICATION_PROBLEM_JSON)) {
                return true;
            }
            if (type.includes(MediaType.TEXT_HTML)) {
                return false;
            }
        }
        return false;
    }

    private static List<MediaType> accepted(HttpServletRequest request) {
        try {
            List<MediaType> types = MediaType.parseMediaTypes(Collections.list(request.getHeaders(HttpHeaders.ACCEPT)));
            MimeTypeUtils.sortBySpecificity(types);
            return types.isEmpty() ? List.of(MediaType.ALL) : types;
        } catch (InvalidMediaTypeException e) {
            return List.of(MediaType.ALL);
        }
    }
}
