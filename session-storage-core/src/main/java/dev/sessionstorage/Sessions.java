package dev.sessionstorage;

import static dev.sessionstorage.SessionUnavailableException.guard;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The sessions of a principal, on all devices: list them, end one, end all. {@link SessionStorage#sessions()} returns it. An ended
 * session never comes back; a request that is using it gets {@link SessionGoneException} when it commits.
 *
 * <p>A name that no session can have, or a handle that is none, is no error: it finds nothing. Every method throws
 * {@link SessionUnavailableException} if the repository failed.
 */
public final class Sessions {

    private final PrincipalSessionRepository repository;
    private final Duration idleTimeout;
    private final SessionJson json = new SessionJson(null);

    Sessions(PrincipalSessionRepository repository, Duration idleTimeout) {
        this.repository = repository;
        this.idleTimeout = idleTimeout;
    }

    /**
     * All sessions of a principal, the oldest first.
     *
     * <pre>{@code
     * List<Sessions.Info> devices = sessions.list("robin", session, "device");
     * Object device = devices.get(0).attributes().get("device");
     * }</pre>
     *
     * @param principal the principal's name
     * @param current the session that asks, or null
     * @param attributes the names of the attributes to show with each; no other leaves the repository's data
     * @return the sessions that have not expired
     */
    public List<Info> list(String principal, @Nullable Session current, String... attributes) {
        if (!PrincipalSessionRepository.isPrincipal(principal)) {
            return List.of();
        }
        String own = handle(current);
        return guard("list", () -> repository.findByPrincipal(principal)).entrySet().stream()
                .map(entry ->
                        info(entry.getKey(), entry.getValue(), entry.getKey().equals(own), attributes))
                .toList();
    }

    /**
     * Ends one session of a principal.
     *
     * <pre>{@code
     * String handle = devices.get(0).handle();
     * boolean ended = sessions.end("robin", handle);
     * }</pre>
     *
     * @param principal the principal's name, so that no user ends the session of another one
     * @param handle a handle from {@link #list}
     * @return false if the principal has no such session
     */
    public boolean end(String principal, String handle) {
        return PrincipalSessionRepository.isPrincipal(principal)
                && SessionId.isHash(handle)
                && guard("delete", () -> repository.deleteByHandle(principal, handle));
    }

    /**
     * Ends all sessions of a principal.
     *
     * <pre>{@code
     * int ended = sessions.endAll("robin");
     * log.info("{} devices were signed out", ended);
     * }</pre>
     *
     * @param principal the principal's name
     * @return how many there were
     */
    public int endAll(String principal) {
        return endAllBut(principal, null);
    }

    /**
     * Ends all sessions of a principal but one.
     *
     * <pre>{@code
     * users.changePassword("robin", password);
     * sessions.endOthers("robin", session);
     * }</pre>
     *
     * @param principal the principal's name
     * @param current the session to keep; a new one keeps none
     * @return how many there were
     */
    public int endOthers(String principal, Session current) {
        return endAllBut(principal, handle(current));
    }

    private int endAllBut(String principal, @Nullable String handle) {
        return PrincipalSessionRepository.isPrincipal(principal)
                ? guard("delete", () -> repository.deleteByPrincipal(principal, handle))
                : 0;
    }

    private static @Nullable String handle(@Nullable Session session) {
        return session == null || session.id().isEmpty() ? null : SessionId.hash(session.id());
    }

    private Info info(String handle, SessionData data, boolean current, String... names) {
        Map<String, String> stored = attributes(data);
        Duration own = State.idleTimeout(stored);
        Instant lastUsed = data.expires().minus(own == null ? idleTimeout : own);
        Instant notBeforeCreation = lastUsed.isBefore(data.createdAt()) ? data.createdAt() : lastUsed;
        Map<String, Object> shown = new LinkedHashMap<>();
        for (String name : names) {
            String text = TrackedSession.isReserved(name) ? null : stored.get(name);
            if (text != null) {
                shown.put(name, json.decode(name, text, Object.class));
            }
        }
        return new Info(handle, data.createdAt(), notBeforeCreation, data.expires(), current, shown);
    }

    /** None where the data cannot be read: that session must not hide the others. */
    private Map<String, String> attributes(SessionData data) {
        try {
            return State.decoded("", data, json).attributes();
        } catch (JacksonException | NumberFormatException unreadable) {
            return Map.of();
        }
    }

    /** One session as its owner may see it. */
    public static final class Info {

        private final String handle;
        private final Instant createdAt;
        private final Instant lastUsed;
        private final Instant expires;
        private final boolean current;
        private final Map<String, Object> attributes;

        private Info(
                String handle,
                Instant createdAt,
                Instant lastUsed,
                Instant expires,
                boolean current,
                Map<String, Object> attributes) {
            this.handle = handle;
            this.createdAt = createdAt;
            this.lastUsed = lastUsed;
            this.expires = expires;
            this.current = current;
            this.attributes = Map.copyOf(attributes);
        }

        /**
         * Names the session towards {@link Sessions#end}.
         *
         * @return a text that opens nothing
         */
        public String handle() {
            return handle;
        }

        /**
         * When the session was created.
         *
         * @return an instant in milliseconds
         */
        public Instant createdAt() {
            return createdAt;
        }

        /**
         * When the session was last used, to within a tenth of its idle timeout. One that will end by the absolute timeout may have
         * been used since, because its expiry does not move any more.
         *
         * @return an instant in milliseconds
         */
        public Instant lastUsed() {
            return lastUsed;
        }

        /**
         * When the session ends unless it is used before.
         *
         * @return an instant in milliseconds
         */
        public Instant expires() {
            return expires;
        }

        /**
         * Whether it is the session that asks.
         *
         * @return false if none was given
         */
        public boolean current() {
            return current;
        }

        /**
         * Those attributes that {@link Sessions#list} was asked for and that the session has.
         *
         * @return an unmodifiable map from names to JSON's natural types
         */
        public Map<String, Object> attributes() {
            return attributes;
        }

        /** Shows no attribute: they may be secrets. */
        @Override
        public String toString() {
            return "Info[createdAt=%s, lastUsed=%s, expires=%s, current=%s, attributes=%s]"
                    .formatted(createdAt, lastUsed, expires, current, attributes.keySet());
        }
    }
}
