package dev.sessionstorage;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;
import tools.jackson.core.JacksonException;

/** Reads and writes states in the repository, reports events, and remembers this JVM's recent commits. */
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

    /** Reads a state; null if it is missing, has ended or cannot be decoded. */
    @Nullable
    State read(String id) {
        SessionData data = store.read(id, () -> repository.readData(id));
        return data == null || timeouts.hasEnded(data) ? null : decoded(id, data);
    }

    private @Nullable State decoded(String id, SessionData data) {
        try {
            return State.decoded(id, data, json);
        } catch (JacksonException | NumberFormatException e) {
            unreadable.warn("Session " + SessionId.shortHash(id) + " cannot be decoded: its user gets a new one. "
                    + e.getClass().getName());
            events.tell(SessionEvent.UNREADABLE, id);
            return null;
        }
    }

    /** Whether the session of this id has moved to another one. */
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

    /**
     * Stores a state; null if its version is stale.
     *
     * @param isFinal what {@link #writesAreFinal} says
     */
    @Nullable
    State update(State state, boolean isFinal) {
        SessionData data = state.data();
        if (!store.write("update", state.id(), () -> repository.updateData(state.id(), data, data.expires()))) {
            return null;
        }
        State stored = state.withData(data.withNextVersion());
        recent.add(stored, isFinal);
        return stored;
    }

    /** Stores a state under a new id; null if its version is stale. */
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

    /** Stores a state's expiry; false if its version is stale. */
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

    /** This JVM's recent commit after a state, null if it remembers none. */
    RecentCommits.@Nullable Commit after(State state) {
        return recent.after(state);
    }

    void ifUndone(Runnable action) {
        repository.ifUndone(action);
    }

    boolean isOfTransaction(RuntimeException failure) {
        return repository.isOfTransaction(failure);
    }

    SessionEvents events() {
        return events;
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

    /** The repository's own text if it is this project's; otherwise its class name, because another text may show a secret. */
    @Override
    public String toString() {
        Class<?> type = repository.getClass();
        return type.getName().startsWith("dev.sessionstorage.") ? repository.toString() : type.getName();
    }
}
