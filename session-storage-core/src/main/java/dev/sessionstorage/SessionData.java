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
     * @param createdAt when {@link SessionStorage#getSession()} made the session, or somebody last logged in
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

    /** The same, begun anew. */
    SessionData withCreatedAt(Instant newCreatedAt) {
        return new SessionData(
                json, version, newCreatedAt.truncatedTo(ChronoUnit.MILLIS), principal, expires, mark, replacedMark);
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
     * When {@link SessionStorage#getSession()} made the session, which may be some time before it was first stored, or when
     * somebody last logged in.
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
     * How an application's objects become a session's JSON and come back, for whatever keeps objects in a session that are
     * none of its attributes.
     */
    public static final class Json {

        /** Shapes that were seen to come back; a number each, so that no class is kept from being unloaded. */
        private static final int MOST_SHAPES = 4_096;

        private final JsonMapper mapper;
        private final LeftOut leftOut;
        private final Set<Long> shapes = ConcurrentHashMap.newKeySet();
        private final boolean remembers;

        /**
         * With any mapper: whatever it writes is read again and compared.
         *
         * @param mapper such as {@link #mapper()} makes
         */
        public Json(JsonMapper mapper) {
            this(mapper, false);
        }

        /** With a mapper of which it is known that what one value's shape says holds for the next. */
        Json(JsonMapper mapper, boolean remembers) {
            this.mapper = mapper;
            this.leftOut = new LeftOut(mapper);
            this.remembers = remembers;
        }

        /**
         * The mapper that attributes have by default, to build another one from: an application's objects are what their fields
         * hold, enums have their names, and times their zones.
         *
         * @return a builder that has the modules of the class path
         */
        public static JsonMapper.Builder mapper() {
            return MapperSettings.builder();
        }

        /**
         * Writes an object, and makes sure that it comes back as it is.
         *
         * @param what what the object is, for the message
         * @param value the object
         * @param type the type that it will be read as
         * @return its JSON
         * @throws IllegalArgumentException if it cannot be written, or would come back as something else; the message says
         *     where, why and what to do, and shows no value
         */
        public String write(String what, Object value, Type type) {
            String text = text(what, value, type);
            check(what, value, type, text);
            return text;
        }

        /** Writes an object without a look at what comes back. */
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

        /** Refuses what does not come back as its type. */
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
