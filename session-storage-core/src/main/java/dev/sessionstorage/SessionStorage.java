package dev.sessionstorage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Gets, commits and destroys sessions; after SolidStart's {@code createSessionStorage}.
 *
 * <pre>{@code
 * SessionStorage storage = SessionStorage.builder()
 *         .cookie(SessionCookie.named("__Host-Http-session").withSecrets(secret))
 *         .repository(repository)
 *         .build();
 *
 * Session session = storage.getSession(request.getHeader("Cookie"));
 * session.set("userId", 42);
 * response.addHeader("Set-Cookie", storage.commitSession(session));
 * }</pre>
 *
 * <p>Safe for use by many threads. A session belongs to the storage that made it; handing it to another one throws
 * {@link IllegalArgumentException}.
 */
public interface SessionStorage {

    /** What a commit does when an attribute that it read and then set has been changed by another request meanwhile. */
    enum Conflicts {
        /** Throw {@link SessionConflictException}; nothing is written. */
        REJECT,
        /** Overwrite the other request's value. */
        LAST_WRITE_WINS
    }

    /**
     * A new, empty session. Nothing is stored until it is committed.
     *
     * <pre>{@code
     * Session session = storage.getSession();
     * session.set("theme", "dark");
     * }</pre>
     *
     * @return the session
     */
    Session getSession();

    /**
     * The session that the request's cookie names. It costs one read. Without such a cookie, with a bad signature (then nothing
     * is read), or for a session that has ended, the result is a new session.
     *
     * <pre>{@code
     * Session session = storage.getSession(request.getHeader("Cookie"));
     * Integer userId = session.get("userId", Integer.class);
     * }</pre>
     *
     * <p>If the session has just moved to another id, which this request does not know, the result is new, and every other use of
     * it, commit and destroy included, throws {@link SessionConflictException}: the request has to be repeated.
     *
     * @param cookieHeader the whole Cookie header of the request, null if it has none
     * @return the session
     * @throws SessionUnavailableException if the repository failed
     */
    Session getSession(@Nullable String cookieHeader);

    /**
     * Stores what has changed. An unchanged session is not written, and an empty new one is not created. The idle timeout slides
     * once more than a tenth of it has passed; a new id restarts it.
     *
     * <pre>{@code
     * session.set("userId", 42);
     * response.addHeader("Set-Cookie", storage.commitSession(session));
     * }</pre>
     *
     * @param session a session of this storage
     * @return the Set-Cookie header's value; for an empty new session one that expires the cookie
     * @throws SessionConflictException if another request has changed what this one read and then set
     * @throws SessionGoneException if the session has ended meanwhile
     * @throws SessionUnavailableException if the repository failed
     * @throws IllegalStateException if the session was destroyed through this object, or is too large to store
     */
    String commitSession(Session session);

    /**
     * Commits a session and sends a changed cookie. A changed max-age becomes the session's own idle timeout, as by
     * {@link Session#idleTimeout}.
     *
     * <pre>{@code
     * String setCookie = storage.commitSession(session, cookie -> cookie.withMaxAge(Duration.ofDays(30)));
     * response.addHeader("Set-Cookie", setCookie);
     * }</pre>
     *
     * @param session a session of this storage
     * @param override from the storage's cookie to the one to send
     * @return the Set-Cookie header's value
     */
    String commitSession(Session session, UnaryOperator<SessionCookie> override);

    /**
     * Deletes the session. Its id never works again, and no commit by another request brings it back.
     *
     * <pre>{@code
     * Session session = storage.getSession(request.getHeader("Cookie"));
     * response.addHeader("Set-Cookie", storage.destroySession(session));
     * }</pre>
     *
     * @param session a session of this storage; destroying it twice is no error
     * @return a Set-Cookie header's value that expires the cookie
     * @throws SessionUnavailableException if the repository failed
     */
    String destroySession(Session session);

    /**
     * Deletes the session and expires a cookie that was sent with a changed name, path or domain.
     *
     * <pre>{@code
     * String setCookie = storage.destroySession(session, cookie -> cookie.withPath("/shop"));
     * response.addHeader("Set-Cookie", setCookie);
     * }</pre>
     *
     * @param session a session of this storage
     * @param override from the storage's cookie to the one to expire
     * @return a Set-Cookie header's value that expires the cookie
     */
    String destroySession(Session session, UnaryOperator<SessionCookie> override);

    /**
     * The cookie that this storage reads and sends.
     *
     * <pre>{@code
     * String name = storage.cookie().name();
     * storage.cookie().expireFormer().forEach(old -> response.addHeader("Set-Cookie", old));
     * }</pre>
     *
     * @return the builder's
     */
    SessionCookie cookie();

    /**
     * The sessions of a principal, on all devices.
     *
     * <pre>{@code
     * List<Sessions.Info> devices = storage.sessions().list("robin", session);
     * storage.sessions().endOthers("robin", session);
     * }</pre>
     *
     * @return what lists and ends them
     * @throws IllegalStateException if the repository is no {@link PrincipalSessionRepository}
     */
    Sessions sessions();

    /**
     * Starts a storage: it needs a cookie, and a repository or the four callbacks.
     *
     * @return the builder
     */
    static Builder builder() {
        return new Builder();
    }

    /** Puts a {@link SessionStorage} together. */
    final class Builder {

        @Nullable
        SessionCookie cookie;

        @Nullable
        SessionDataRepository repository;

        private @Nullable BiFunction<SessionData, Instant, String> createData;
        private @Nullable Function<String, @Nullable SessionData> readData;
        private @Nullable UpdateData updateData;
        private @Nullable Consumer<String> deleteData;
        private boolean storesVersions;

        @Nullable
        Duration idleTimeout;

        Duration absoluteTimeout = Duration.ofDays(30);
        Conflicts conflicts = Conflicts.REJECT;
        int maxSize = 64 * 1024;
        Clock clock = Clock.systemUTC();
        Consumer<SessionEvent> onEvent = event -> {};

        @Nullable
        JsonMapper jsonMapper;

        private Builder() {}

        /** The third callback, {@link SessionDataRepository#updateData}, as a lambda. */
        @FunctionalInterface
        public interface UpdateData {
            /**
             * See {@link SessionDataRepository#updateData}.
             *
             * @param id the record's id
             * @param data the new data; its version is the one that must be stored now
             * @param expires the new expiry
             * @return false if the record is gone or has another version
             */
            boolean update(String id, SessionData data, Instant expires);
        }

        /**
         * The cookie. Required.
         *
         * @param cookie its attributes and secrets
         * @return this
         */
        public Builder cookie(SessionCookie cookie) {
            this.cookie = cookie;
            return this;
        }

        /**
         * The repository; instead of the four callbacks.
         *
         * @param repository where sessions live
         * @return this
         */
        public Builder repository(SessionDataRepository repository) {
            this.repository = repository;
            return this;
        }

        /**
         * {@link SessionDataRepository#createData}.
         *
         * @param createData the callback
         * @return this
         */
        public Builder createData(BiFunction<SessionData, Instant, String> createData) {
            this.createData = createData;
            return this;
        }

        /**
         * {@link SessionDataRepository#readData}.
         *
         * @param readData the callback
         * @return this
         */
        public Builder readData(Function<String, @Nullable SessionData> readData) {
            this.readData = readData;
            return this;
        }

        /**
         * {@link SessionDataRepository#updateData}.
         *
         * @param updateData the callback
         * @return this
         */
        public Builder updateData(UpdateData updateData) {
            this.updateData = updateData;
            return this;
        }

        /**
         * {@link SessionDataRepository#deleteData}.
         *
         * @param deleteData the callback
         * @return this
         */
        public Builder deleteData(Consumer<String> deleteData) {
            this.deleteData = deleteData;
            return this;
        }

        /**
         * Says that the callbacks store versions as {@link SessionDataRepository} describes it: {@code updateData} compares and
         * raises them in one step. Without it each commit reads first, and changes by several processes at once can be lost.
         *
         * @return this
         */
        public Builder storesVersions() {
            this.storesVersions = true;
            return this;
        }

        /**
         * How long an unused session lives; by default the cookie's max-age, else 30 minutes.
         *
         * @param idleTimeout at least a second
         * @return this
         */
        public Builder idleTimeout(Duration idleTimeout) {
            this.idleTimeout = positive("idle timeout", idleTimeout);
            return this;
        }

        /**
         * How long a session lives at most, however much it is used; 30 days by default.
         *
         * @param absoluteTimeout at least a second
         * @return this
         */
        public Builder absoluteTimeout(Duration absoluteTimeout) {
            this.absoluteTimeout = positive("absolute timeout", absoluteTimeout);
            return this;
        }

        /**
         * What happens on a conflict; {@link Conflicts#REJECT} by default.
         *
         * @param conflicts the choice
         * @return this
         */
        public Builder conflicts(Conflicts conflicts) {
            this.conflicts = conflicts;
            return this;
        }

        /**
         * The largest session that is stored, as UTF-8 JSON; 64 KB by default.
         *
         * @param bytes at least 1
         * @return this
         */
        public Builder maxSize(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("The session's max-size " + bytes + " is less than 1 byte");
            }
            this.maxSize = bytes;
            return this;
        }

        /**
         * The clock that timeouts are reckoned by; the system's by default.
         *
         * @param clock the clock
         * @return this
         */
        public Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /**
         * What is told of every {@link SessionEvent}, for metrics, besides those given before. It is called on the request's
         * thread and must not throw.
         *
         * @param listener the listener
         * @return this
         */
        public Builder onEvent(Consumer<SessionEvent> listener) {
            this.onEvent = onEvent.andThen(listener);
            return this;
        }

        /**
         * How attributes become JSON; by default Jackson's own settings with the modules found on the classpath.
         *
         * @param jsonMapper a mapper that can write and read the attributes' types
         * @return this
         */
        public Builder jsonMapper(JsonMapper jsonMapper) {
            this.jsonMapper = jsonMapper;
            return this;
        }

        /**
         * Builds the storage.
         *
         * @return the storage
         * @throws IllegalStateException if the cookie, the repository or one of the four callbacks is missing, or both a
         *     repository and callbacks are given
         * @throws IllegalArgumentException if the idle timeout, or the cookie's max-age in its place, is longer than the
         *     absolute timeout
         */
        public SessionStorage build() {
            boolean callbacks = createData != null || readData != null || updateData != null || deleteData != null;
            if (callbacks && repository != null) {
                throw new IllegalStateException("Give either a repository or the four callbacks, not both");
            }
            SessionDataRepository chosen = repository;
            if (callbacks) {
                chosen = new CallbackSessionDataRepository(
                        required("createData", createData),
                        required("readData", readData),
                        required("updateData", updateData),
                        required("deleteData", deleteData),
                        storesVersions);
            }
            SessionCookie sent = required("cookie", cookie);
            Duration longest = idleTimeout != null ? idleTimeout : sent.maxAge();
            if (longest != null && longest.compareTo(absoluteTimeout) > 0) {
                throw new IllegalArgumentException("The session's idle timeout " + longest
                        + " is longer than its absolute timeout " + absoluteTimeout);
            }
            return new ServerSideSessionStorage(this, sent, required("repository", chosen));
        }

        private static <T> T required(String name, @Nullable T value) {
            if (value == null) {
                throw new IllegalStateException("A session storage needs ." + name + "(…)");
            }
            return value;
        }

        private static Duration positive(String name, Duration value) {
            if (Objects.requireNonNull(value, name).toSeconds() < 1) {
                throw new IllegalArgumentException("The session's " + name + " " + value + " is less than a second");
            }
            return value;
        }
    }
}
