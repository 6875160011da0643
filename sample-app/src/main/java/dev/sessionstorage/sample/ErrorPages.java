package dev.sessionstorage.sample;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.ServletRequestBindingException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Pages for people, from templates/error; clients that ask for JSON get Boot's problem detail. */
@ControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
class ErrorPages {

    @ExceptionHandler(
            exception = {
                NoResourceFoundException.class,
                ResponseStatusException.class,
                HttpRequestMethodNotSupportedException.class,
                ServletRequestBindingException.class,
                TypeMismatchException.class
            },
            produces = MediaType.TEXT_HTML_VALUE)
    void show(Exception e, HttpServletResponse response) throws IOException {
        response.sendError(
                e instanceof ErrorResponse error ? error.getStatusCode().value() : HttpStatus.BAD_REQUEST.value());
    }
}
