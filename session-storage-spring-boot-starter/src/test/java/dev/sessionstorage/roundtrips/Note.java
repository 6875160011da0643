package dev.sessionstorage.roundtrips;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/** An entity of the application, unrelated to sessions. */
@Entity
class Note {

    @Id
    @GeneratedValue
    private @Nullable Long id;
}
