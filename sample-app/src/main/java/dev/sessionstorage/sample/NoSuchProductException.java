package dev.sessionstorage.sample;

import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** A link to something that the shop does not sell: 404. */
class NoSuchProductException extends ResponseStatusException {

    NoSuchProductException(String id) {
        super(HttpStatus.NOT_FOUND, "There is no product '" + id + "'");
    }
}
