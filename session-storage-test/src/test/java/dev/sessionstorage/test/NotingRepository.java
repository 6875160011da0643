package dev.sessionstorage.test;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds a principal's sessions by an index that it updates when a record gets its id. It is correct only with a single thread.
 */
class NotingRepository extends ForwardingRepository {

    private final Map<String, SessionData> notes = new ConcurrentHashMap<>();

    NotingRepository(Clock clock) {
        super(clock);
    }

    /** Returns the data to find for a session; null hides the session. */
    @Nullable
    SessionData found(SessionData note, @Nullable SessionData stored) {
        return stored;
    }

    boolean isSame(String principal, String stored) {
        return stored.equals(principal);
    }

    @Override
    public String createData(SessionData data, Instant expires) {
        String id = super.createData(data, expires);
        notes.put(id, data);
        return id;
    }

    @Override
    public @Nullable String rotateData(String id, SessionData data, Instant expires) {
        String newId = super.rotateData(id, data, expires);
        if (newId != null) {
            notes.put(newId, data);
        }
        return newId;
    }

    @Override
    public Map<String, SessionData> findByPrincipal(String principal) {
        Map<String, SessionData> found = new LinkedHashMap<>();
        sessions(principal).entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getValue().createdAt()))
                .forEach(entry -> found.put(SessionId.hash(entry.getKey()), entry.getValue()));
        return found;
    }

    /** Deletes a session, whoever its principal is. */
    boolean deleteByHandle(String handle) {
        for (String id : notes.keySet()) {
            if (SessionId.hash(id).equals(handle)) {
                deleteData(id);
                return true;
            }
        }
        return false;
    }

    @Override
    public int deleteByPrincipal(String principal, @Nullable String exceptHandle) {
        Map<String, SessionData> sessions = sessions(principal);
        sessions.keySet().removeIf(id -> SessionId.hash(id).equals(exceptHandle));
        letOthersGoFirst();
        sessions.keySet().forEach(this::deleteData);
        return sessions.size();
    }

    private Map<String, SessionData> sessions(String principal) {
        Map<String, SessionData> sessions = new LinkedHashMap<>();
        notes.forEach((id, note) -> {
            SessionData found = found(note, readData(id));
            if (found != null && found.principal() != null && isSame(principal, found.principal())) {
                sessions.put(id, found);
            }
        });
        return sessions;
    }
}
