package dev.sessionstorage.jpa;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** An entity of the application that uses the sessions. */
@Entity
@Table(name = "note")
class Note {

    @Id
    private long id;

    private String text = "";

    Note() {}

    Note(long id, String text) {
        this.id = id;
        this.text = text;
    }

    String text() {
        return id + ": " + text;
    }
}
