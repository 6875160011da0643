package dev.sessionstorage;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a {@link SessionDataRepository} stores for one session: an immutable value. */
public final class SessionData {

    private final String json;
    private final long version;
    private final Instant createdAt;
    private final @Nullable String principal;
    private final Instant expires;

    private SessionData(String json, long version, Instant createdAt, @Nullable String principal, Instant expires) {
        this.json = Objects.requireNonNull(json, "json");
        this.version = version;
        this.createdAt = createdAt;
        this.principal = principal;
        this.expires = expires;
    }

    /**
     * Puts together what a repository has stored.
     *
     * @param json the attributes, character for character as {@link #toJson()} gave them
     * @param version the stored version
     * @param createdAt when {@link SessionStorage#getSession()} made the session
     * @param principal who the session belongs to, or null
     * @param expires the instant from which the record is gone
     * @return the value
     */
    public static SessionData fromJson(
            String json, long version, Instant createdAt, @Nullable String principal, Instant expires) {
        return new SessionData(
                json,
                version,
                createdAt.truncatedTo(ChronoUnit.MILLIS),
                principal,
                expires.truncatedTo(ChronoUnit.MILLIS));
    }

    /**
     * The attributes as one JSON object: attribute names and values, flash values under {@code __flash_NAME__} as in
     * Remix.
     *
     * @return JSON to keep as text, for it has to come back character for character; non-ASCII characters are not escaped
     */
    public String toJson() {
        return json;
    }

    /**
     * The version that was read, 0 for a new record.
     *
     * @return a number that {@link SessionDataRepository#updateData} compares and raises by one
     */
    public long version() {
        return version;
    }

    /**
     * When {@link SessionStorage#getSession()} made the session, which may be some time before it was first stored.
     *
     * @return an instant in milliseconds
     */
    public Instant createdAt() {
        return createdAt;
    }

    /**
     * Who the session belongs to.
     *
     * @return the principal's name, at most 255 characters, or null if nobody has logged in
     */
    public @Nullable String principal() {
        return principal;
    }

    /**
     * The instant from which the record is gone.
     *
     * @return an instant in milliseconds
     */
    public Instant expires() {
        return expires;
    }

    /**
     * The same with the next version, for repositories that store this value as it is.
     *
     * @return a copy with {@code version + 1}
     */
    public SessionData withNextVersion() {
        return new SessionData(json, version + 1, createdAt, principal, expires);
    }

    /**
     * The same with another expiry.
     *
     * @param newExpires the instant from which the record is gone
     * @return a copy
     */
    public SessionData withExpires(Instant newExpires) {
        return new SessionData(json, version, createdAt, principal, newExpires.truncatedTo(ChronoUnit.MILLIS));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SessionData that
                && json.equals(that.json)
                && version == that.version
                && createdAt.equals(that.createdAt)
                && Objects.equals(principal, that.principal)
                && expires.equals(that.expires);
    }

    @Override
    public int hashCode() {
        return Objects.hash(json, version, createdAt, principal, expires);
    }

    /** Shows no attribute: they may be secrets. */
    @Override
    public String toString() {
        return "SessionData[version=%d, createdAt=%s, expires=%s, %d characters]"
                .formatted(version, createdAt, expires, json.length());
    }
}
