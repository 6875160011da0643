package dev.sessionstorage;

import java.util.Map;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;
import tools.jackson.core.JacksonException;

/** The repository, as states: reads and writes them, tells what happened, and knows what this JVM has written last. */
final class StateRepository {

    private static final Log LOG = LogFactory.getLog(SessionStorage.class);

    private final SessionDataRepository repository;
    private final SessionTimeouts timeouts;
    private final SessionJson json;
    private final SessionEvents events;
    private final Availability store;
    private final SparseWarnings unreadable = new SparseWarnings(LOG);
    private final RecentCommits recent = new RecentCommits();

    StateRepository(
            SessionDataRepository repository, SessionTimeouts timeouts, SessionJson json, SessionEvents events) {
        this.repository = repository;
        this.timeouts = timeouts;
        this.json = json;
        this.events = events;
        this.store = new Availability(repository, timeouts.clock(), events);
    }

    /** The state under an id; null if it is missing, has ended or cannot be decoded. */
    @Nullable
    State read(String id) {
        SessionData data = store.read(id, () -> repository.readData(id));
        return data == null || timeouts.hasEnded(data) ? null : decoded(id, data);
    }

    private @Nullable State decoded(String id, SessionData data) {
        try {
            Map<String, String> attributes = json.split(data.toJson());
            State state = new State(id, data, attributes);
            state.idleTimeout();
            return state;
        } catch (JacksonException | NumberFormatException e) {
            unreadable.warn("Session " + SessionId.shortHash(id) + " cannot be decoded: its user gets a new one. "
                    + e.getClass().getName());
            events.tell(SessionEvent.UNREADABLE, id);
            return null;
        }
    }

    /** Whether an id that names no session has lost it to another id. */
    boolean isMoved(String id) {
        return store.read(id, () -> repository.isMoved(id));
    }

    State create(State state) {
        SessionData data = state.data();
        String id = store.write("create", state.id(), () -> repository.createData(data, data.expires()));
        if (!StringUtils.hasText(id)) {
            throw new IllegalStateException(
                    "createData of " + repository.getClass().getName() + " returned no id");
        }
        return new State(id, data.asStored(), state.attributes());
    }

    /** Stores a state; null if its version is not the stored one any more. */
    @Nullable
    State update(State state) {
        SessionData data = state.data();
        boolean isFinal = repository.writesAreFinal();
        if (!store.write("update", state.id(), () -> repository.updateData(state.id(), data, data.expires()))) {
            return null;
        }
        State stored = state.withData(data.withNextVersion());
        recent.add(stored, isFinal);
        return stored;
    }

    /** Stores a state under a new id; null if its version is not the stored one any more. */
    @Nullable
    State rotate(State state) {
        SessionData data = state.data();
        String newId = store.write("rotate", state.id(), () -> repository.rotateData(state.id(), data, data.expires()));
        if (newId == null) {
            return null;
        }
        recent.forget(state.id());
        return new State(newId, data.asStored(), state.attributes());
    }

    /** Stores a state's expiry; false if its version is not the stored one any more. */
    boolean extend(State state) {
        SessionData data = state.data();
        boolean extended = store.extend(state.id(), () -> repository.extendData(state.id(), data, data.expires()));
        if (extended) {
            events.tell(SessionEvent.EXTENDED, state.id());
        }
        return extended;
    }

    void delete(String id) {
        recent.forget(id);
        store.write("delete", id, () -> {
            repository.deleteData(id);
            return true;
        });
        events.tell(SessionEvent.DESTROYED, id);
    }

    /** What this JVM has written after a state, null if nothing that is remembered. */
    RecentCommits.@Nullable Commit after(State state) {
        return recent.after(state);
    }

    void ifUndone(Runnable action) {
        repository.ifUndone(action);
    }

    boolean isOfTransaction(RuntimeException failure) {
        return repository.isOfTransaction(failure);
    }

    void tell(SessionEvent event, String id) {
        events.tell(event, id);
    }

    Sessions sessions() {
        if (repository instanceof PrincipalSessionRepository principals) {
            return new Sessions(principals, timeouts.idle());
        }
        throw new IllegalStateException(
                "the repository " + repository.getClass().getName() + " cannot find sessions by their principal");
    }

    boolean writesAreFinal() {
        return repository.writesAreFinal();
    }

    boolean storesVersions() {
        return repository.storesVersions();
    }

    /** The repository's name. Only this project's are known to show no secret in it. */
    @Override
    public String toString() {
        Class<?> type = repository.getClass();
        return type.getName().startsWith("dev.sessionstorage.") ? repository.toString() : type.getName();
    }
}
