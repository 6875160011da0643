package dev.sessionstorage.autoconfigure.elsewhere;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;

/** An entity of an application that has nothing to do with sessions. */
@Entity
public class Note {

    @Id
    @GeneratedValue
    @org.jspecify.annotations.Nullable
    Long id;
}
