package dev.sessionstorage.transactions;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** The application's own data. */
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
