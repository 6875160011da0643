package dev.sessionstorage.sample;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A customer's account. */
@Entity
class Account {

    @Id
    @GeneratedValue
    private @Nullable Long id;

    @Column(unique = true, nullable = false, length = 32)
    private String username;

    @Column(nullable = false, length = 60)
    private String displayName;

    @Column(nullable = false)
    private String passwordHash;

    @Column(nullable = false, length = PackingNoteForm.MAX_LENGTH)
    private String packingNote = "";

    @Column(nullable = false)
    private Instant created;

    /** For JPA, which fills the fields afterwards. */
    @SuppressWarnings("NullAway")
    protected Account() {}

    Account(String username, String displayName, String passwordHash, Instant created) {
        this.username = username(username);
        this.displayName = displayName;
        this.passwordHash = passwordHash;
        this.created = created;
    }

    /** Normalizes a username: case makes no difference. */
    static String username(String typed) {
        return typed.toLowerCase(Locale.ROOT);
    }

    String username() {
        return username;
    }

    String displayName() {
        return displayName;
    }

    String passwordHash() {
        return passwordHash;
    }

    String packingNote() {
        return packingNote;
    }

    void packingNote(String note) {
        packingNote = note;
    }

    Instant created() {
        return created;
    }
}
