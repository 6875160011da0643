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
 * One row of the session table. Its version is no JPA version: the repository's own updates compare and raise it. The
 * entity's name is one that no application has, and no converter of the application's applies to its attributes.
 */
@Entity(name = "SessionStorageRecord")
@Table(name = "session_data")
class SessionRecord {

    /**
     * The hash of the session's id: the id itself is never stored. A collation that ignores case leaves 213 bits of it at
     * least, so no other id is taken for it.
     */
    @Id
    @Column(name = "id", length = 43, nullable = false)
    private String id = "";

    /** H2's longest VARCHAR: a longer one becomes a CLOB there. Hibernate picks MEDIUMTEXT for it on MariaDB and MySQL. */
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

    /** Just the key of a row that is to be deleted. */
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
