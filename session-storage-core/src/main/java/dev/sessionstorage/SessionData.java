package dev.sessionstorage;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What a {@link SessionDataRepository} stores for one session: an immutable value. */
public final class SessionData {

    private final String json;
    private final long version;
    private final Instant createdAt;
    private final @Nullable String principal;
    private final Instant expires;
    /** The write that made this, 0 if that is not known. */
    private final long mark;
    /** The write that made what this replaces, 0 if that is not known. */
    private final long replacedMark;

    private SessionData(
            String json,
            long version,
            Instant createdAt,
            @Nullable String principal,
            Instant expires,
            long mark,
            long replacedMark) {
        this.json = Objects.requireNonNull(json, "json");
        this.version = version;
        this.createdAt = createdAt;
        this.principal = principal;
        this.expires = expires;
        this.mark = mark;
        this.replacedMark = replacedMark;
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
                expires.truncatedTo(ChronoUnit.MILLIS),
                0,
                0);
    }

    /** What a commit stores in place of this, under the version that must be stored now. */
    SessionData replacedBy(String newJson, Instant newCreatedAt, @Nullable String newPrincipal, Instant newExpires) {
        return new SessionData(
                newJson,
                version,
                newCreatedAt,
                newPrincipal,
                newExpires.truncatedTo(ChronoUnit.MILLIS),
                ThreadLocalRandom.current().nextLong(),
                replacedMark);
    }

    /** The same once it is stored, for the next commit to replace. */
    SessionData asStored() {
        return withMark(mark);
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
        return new SessionData(json, version + 1, createdAt, principal, expires, mark, mark);
    }

    /**
     * The same with another expiry.
     *
     * @param newExpires the instant from which the record is gone
     * @return a copy
     */
    public SessionData withExpires(Instant newExpires) {
        return new SessionData(
                json, version, createdAt, principal, newExpires.truncatedTo(ChronoUnit.MILLIS), mark, replacedMark);
    }

    /**
     * The same as a write with this mark has stored it, for a repository that keeps marks: versions repeat after a failover to a
     * server that lacks the last writes, marks do not.
     *
     * @param storedMark the {@link #mark()} under which it was stored
     * @return a copy
     */
    public SessionData withMark(long storedMark) {
        return new SessionData(json, version, createdAt, principal, expires, storedMark, storedMark);
    }

    /**
     * A random number of the write that stores this, or that has stored it.
     *
     * @return the mark to keep with the record; where it is that of {@link #replacedMark()}, no commit has made this, and a
     *     repository that keeps marks makes one
     */
    public long mark() {
        return mark;
    }

    /**
     * The mark of the record that this is to replace, or extends.
     *
     * @return what {@link #withMark} was given for the record that was read; 0 if the version alone is to be compared
     */
    public long replacedMark() {
        return replacedMark;
    }

    /** Marks apart, which say who wrote it, not what. */
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
