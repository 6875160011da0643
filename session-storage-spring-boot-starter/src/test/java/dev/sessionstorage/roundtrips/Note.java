package dev.sessionstorage.roundtrips;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/** An entity of the application, which has nothing to do with sessions. */
@Entity
class Note {

    @Id
    @GeneratedValue
    private @Nullable Long id;
}
