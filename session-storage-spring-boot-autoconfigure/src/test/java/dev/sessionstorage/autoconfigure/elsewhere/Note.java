package dev.sessionstorage.autoconfigure.elsewhere;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;

/** An entity of the application, unrelated to sessions. */
@Entity
public class Note {

    @Id
    @GeneratedValue
    @org.jspecify.annotations.Nullable
    Long id;
}
