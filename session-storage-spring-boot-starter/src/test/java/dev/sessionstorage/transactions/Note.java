package dev.sessionstorage.transactions;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** What the application itself writes. */
@Entity
class Note {

    @Id
    private long id;

    Note() {}

    Note(long id) {
        this.id = id;
    }

    long id() {
        return id;
    }
}
