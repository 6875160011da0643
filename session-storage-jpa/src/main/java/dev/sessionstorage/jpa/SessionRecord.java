package dev.sessionstorage.jpa;

import dev.sessionstorage.SessionData;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One row of the session table. The version is not a JPA {@code @Version}: the repository's own updates compare and raise it.
 * The entity's name is unlikely in an application, and the application's converters do not apply to its attributes.
 */
@Entity(name = "SessionStorageRecord")
@Table(name = "session_data")
class SessionRecord {

    /**
     * The hash of the session's id; the id itself is never stored. Even a collation that ignores case leaves at least 213 bits
     * of it, so no two ids collide.
     */
    @Id
    @Column(name = "id", length = 43, nullable = false)
    private String id = "";

    /**
     * The length of H2's longest VARCHAR: a longer column becomes a CLOB there. On MariaDB and MySQL Hibernate picks MEDIUMTEXT
     * for it.
     */
    @Convert(disableConversion = true)
    @Column(name = "data", length = 1_048_576, nullable = false)
    private String data = "";

    @Convert(disableConversion = true)
    @Column(name = "version", nullable = false)
    private long version;

    @Convert(disableConversion = true)
    @Column(name = "principal", length = 255)
    private @Nullable String principal;

    @Convert(disableConversion = true)
    @Column(name = "created_at", nullable = false)
    private long createdAt;

    @Convert(disableConversion = true)
    @Column(name = "expires", nullable = false)
    private long expires;

    /** For Hibernate. */
    SessionRecord() {}

    /** Only the key, to delete a row by. */
    SessionRecord(String hash) {
        this.id = hash;
    }

    String hash() {
        return id;
    }

    SessionData toData() {
        return SessionData.fromJson(
                data, version, Instant.ofEpochMilli(createdAt), principal, Instant.ofEpochMilli(expires));
    }
}
