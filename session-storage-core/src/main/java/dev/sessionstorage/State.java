package dev.sessionstorage;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A session as it is stored or will be stored. The id is empty until it is stored. */
record State(String id, SessionData data, Map<String, String> attributes) {

    /** The attribute that keeps a session's own idle timeout, in seconds. */
    private static final String IDLE_TIMEOUT = "__idle_timeout__";

    /**
     * The state that a record holds.
     *
     * @throws tools.jackson.core.JacksonException if its data is not a session's JSON
     * @throws NumberFormatException if its idle timeout is not a number
     */
    static State decoded(String id, SessionData data, SessionJson json) {
        State state = new State(id, data, json.split(data.toJson()));
        // Fails here rather than at each later use.
        state.idleTimeout();
        return state;
    }

    long version() {
        return data.version();
    }

    /** The session's own idle timeout, null if it has the storage's. */
    @Nullable
    Duration idleTimeout() {
        return idleTimeout(attributes);
    }

    /**
     * The session's own idle timeout from its attributes, null if it has none.
     *
     * @throws NumberFormatException if the record has been tampered with
     */
    static @Nullable Duration idleTimeout(Map<String, String> attributes) {
        String seconds = attributes.get(IDLE_TIMEOUT);
        return seconds == null ? null : Duration.ofSeconds(Long.parseLong(seconds));
    }

    /** The operation that sets a session's own idle timeout; null removes it. */
    static Operation idleTimeoutTo(@Nullable Duration timeout) {
        return timeout == null
                ? new Operation.Remove(IDLE_TIMEOUT, null)
                : new Operation.Put(IDLE_TIMEOUT, Long.toString(timeout.toSeconds()), null);
    }

    /** Whether the attributes are not worth a record: there are none, or only an idle timeout. */
    static boolean areEmpty(Map<String, String> attributes) {
        return attributes.isEmpty() || (attributes.size() == 1 && attributes.containsKey(IDLE_TIMEOUT));
    }

    State withData(SessionData newData) {
        return new State(id, newData, attributes);
    }

    /** Shows no attribute: they may be secrets. */
    @Override
    public String toString() {
        return "State[" + SessionId.shortHash(id) + ", version " + version() + "]";
    }
}
