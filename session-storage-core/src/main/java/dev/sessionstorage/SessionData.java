package dev.sessionstorage;

import java.lang.reflect.Type;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What a {@link SessionDataRepository} stores for one session: an immutable value. */
public final class SessionData {

    private final String json;
    private final long version;
    private final Instant createdAt;
    private final @Nullable String principal;
    private final Instant expires;
    /** Identifies the write that stored this data, 0 if unknown. */
    private final long mark;
    /** Identifies the write that stored what this data replaces, 0 if unknown. */
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
     * Restores the data from what a repository stored.
     *
     * @param json the attributes, character for character as {@link #toJson()} gave them
     * @param version the stored version
     * @param createdAt when the session was first committed, or its user last logged in
     * @param principal the principal's name, null before a login
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

    /** The data that a commit stores in place of this one. It carries the version that must be stored now. */
    SessionData replacedBy(String newJson, @Nullable String newPrincipal, Instant newExpires) {
        return new SessionData(
                newJson,
                version,
                createdAt,
                newPrincipal,
                newExpires.truncatedTo(ChronoUnit.MILLIS),
                ThreadLocalRandom.current().nextLong(),
                replacedMark);
    }

    /** A copy with another start, as after a login. */
    SessionData withCreatedAt(Instant newCreatedAt) {
        return new SessionData(
                json, version, newCreatedAt.truncatedTo(ChronoUnit.MILLIS), principal, expires, mark, replacedMark);
    }

    /** A copy that the next commit can replace, once this data is stored. */
    SessionData asStored() {
        return withMark(mark);
    }

    /**
     * The attributes as one JSON object: attribute names and values, flash values under {@code __flash_NAME__} as in Remix.
     *
     * @return JSON to store as text, because it must come back character for character; non-ASCII characters are not escaped
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
     * When the session was first committed, or its user last logged in.
     *
     * @return an instant in milliseconds
     */
    public Instant createdAt() {
        return createdAt;
    }

    /**
     * The user whom the session belongs to.
     *
     * @return the principal's name, at most 255 characters; null before a login
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
     * A copy with the next version, for repositories that store this object itself.
     *
     * @return a copy with {@code version + 1}
     */
    public SessionData withNextVersion() {
        return new SessionData(json, version + 1, createdAt, principal, expires, mark, mark);
    }

    /**
     * A copy with another expiry.
     *
     * @param newExpires the instant from which the record is gone
     * @return a copy
     */
    public SessionData withExpires(Instant newExpires) {
        return new SessionData(
                json, version, createdAt, principal, newExpires.truncatedTo(ChronoUnit.MILLIS), mark, replacedMark);
    }

    /**
     * A copy with the mark of the write that stored it, for a repository that keeps marks. After a failover to a server that
     * lacks the last writes, versions repeat; marks do not.
     *
     * @param storedMark the {@link #mark()} under which it was stored
     * @return a copy
     */
    public SessionData withMark(long storedMark) {
        return new SessionData(json, version, createdAt, principal, expires, storedMark, storedMark);
    }

    /**
     * A random number that identifies the write which stores this data, or has stored it.
     *
     * @return the mark to keep with the record; if it equals {@link #replacedMark()}, no commit made this data, and a
     *     repository that keeps marks makes one
     */
    public long mark() {
        return mark;
    }

    /**
     * The mark of the record that this data replaces or extends.
     *
     * @return the mark that {@link #withMark} set on the record read; 0 if only the version is compared
     */
    public long replacedMark() {
        return replacedMark;
    }

    /** Ignores marks, which identify the write, not the content. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof SessionData that
                        && json.equals(that.json)
                        && version == that.version
                        && createdAt.equals(that.createdAt)
                        && Objects.equals(principal, that.principal)
                        && expires.equals(that.expires));
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

    /**
     * Converts an application's objects to a session's JSON and back, for code that keeps objects in a session other than as
     * attributes.
     */
    public static final class Json {

        /** The most shapes remembered as safe. Each is a number, so it keeps no class from being unloaded. */
        private static final int MOST_SHAPES = 4_096;

        private final JsonMapper mapper;
        private final LeftOut leftOut;
        private final Set<Long> shapes = ConcurrentHashMap.newKeySet();
        private final boolean remembers;

        /**
         * Uses any mapper: what it writes is read again and compared.
         *
         * @param mapper a mapper, for example one that {@link #mapper()} builds
         */
        public Json(JsonMapper mapper) {
            this(mapper, false);
        }

        /** If it remembers shapes, the mapper must treat all values of one shape alike; each shape is then checked once. */
        Json(JsonMapper mapper, boolean remembers) {
            this.mapper = mapper;
            this.leftOut = new LeftOut(mapper);
            this.remembers = remembers;
        }

        /**
         * The default mapper of attributes, to build another one from. It writes an application's objects by their fields,
         * enums by name, and times with their zone.
         *
         * @return a builder that has the modules of the class path
         */
        public static JsonMapper.Builder mapper() {
            return MapperSettings.builder();
        }

        /**
         * Writes an object and checks that it reads back equal.
         *
         * @param what a name for the object, for the message
         * @param value the object
         * @param type the type to read it as
         * @return its JSON
         * @throws IllegalArgumentException if it cannot be written, or would come back as something else; the message says
         *     where, why and what to do, and shows no value
         */
        public String write(String what, Object value, Type type) {
            String text = text(what, value, type);
            check(what, value, type, text);
            return text;
        }

        /** Writes an object without checking what it reads back as. */
        String text(String what, Object value, Type type) {
            try {
                return type == value.getClass()
                        ? mapper.writeValueAsString(value)
                        : mapper.writerFor(mapper.constructType(type)).writeValueAsString(value);
            } catch (JacksonException e) {
                throw new IllegalArgumentException(
                        refusal(what, value) + "cannot be written as JSON: " + JsonReason.ofWriting(e));
            }
        }

        /** Throws if the text does not read back as an equal value. */
        void check(String what, Object value, Type type, String text) {
            long known = remembers ? Shape.of(value) : Shape.NONE;
            long shape = known * 31 + type.hashCode();
            if (known != Shape.NONE && shapes.contains(shape)) {
                return;
            }
            String unkeepable = ApplicationClasses.unkeepable(value);
            String difference = unkeepable != null
                    ? "it " + unkeepable
                    : Difference.between(value, readAgain(what, value, type, text), leftOut);
            if (difference != null) {
                throw new IllegalArgumentException(refusal(what, value) + "does not come back as it is: " + difference);
            }
            if (known != Shape.NONE) {
                if (shapes.size() >= MOST_SHAPES) {
                    shapes.clear();
                }
                shapes.add(shape);
            }
        }

        private Object readAgain(String what, Object value, Type type, String text) {
            try {
                return mapper.readValue(text, mapper.constructType(type));
            } catch (JacksonException | LinkageError e) {
                throw new IllegalArgumentException(
                        refusal(what, value) + "cannot be read again: " + JsonReason.ofWriting(e));
            }
        }

        private static String refusal(String what, Object value) {
            return "The " + what + " of " + value.getClass() + " ";
        }
    }
}
