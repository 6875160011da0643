package dev.sessionstorage.sample;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** An unknown product id: 404. */
class NoSuchProductException extends ResponseStatusException {

    NoSuchProductException(String id) {
        super(HttpStatus.NOT_FOUND, "There is no product '" + id + "'");
    }
}
