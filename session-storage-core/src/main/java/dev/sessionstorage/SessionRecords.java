package dev.sessionstorage;

import dev.sessionstorage.CommitQueue.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;
import tools.jackson.core.JacksonException;

/** Reads and stores sessions so that no update is lost: by compare-and-set, and again on the fresher state if that fails. */
final class SessionRecords {

    private static final Log LOG = LogFactory.getLog(SessionStorage.class);
    /** With ten nodes that keep writing one session, each attempt wins one time in ten: 0.9^100 is one in 38,000. */
    private static final int MAX_ATTEMPTS = 100;

    private static final long PAUSE_STEP_NANOS = 250_000;
    private static final long MAX_PAUSE_NANOS = 10_000_000;

    /** A commit in line comes within milliseconds, and no store fails over to another server so soon. */
    private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Duration PAUSE_OF_EXTENSIONS = Duration.ofMinutes(1);

    private final SessionDataRepository repository;
    private final SessionTimeouts timeouts;
    private final SessionJson json;
    private final boolean lastWriteWins;
    private final int maxSize;
    private final SessionEvents events;
    private final Availability store;
    private final SparseWarnings unreadable = new SparseWarnings(LOG);
    private final CommitQueue queue = new CommitQueue();
    /** Cleared once the repository was seen to keep data without its version: then a commit has to read first. */
    private volatile boolean versioned = true;

    SessionRecords(
            SessionDataRepository repository,
            SessionTimeouts timeouts,
            SessionJson json,
            boolean lastWriteWins,
            int maxSize,
            SessionEvents events) {
        this.repository = repository;
        this.timeouts = timeouts;
        this.json = json;
        this.lastWriteWins = lastWriteWins;
        this.maxSize = maxSize;
        this.events = events;
        this.store = new Availability(repository, timeouts.clock(), events);
    }

    /** Where they are stored. */
    String repository() {
        Class<?> type = repository.getClass();
        return type.getName().startsWith("dev.sessionstorage.") ? repository.toString() : type.getName();
    }

    /** A record that has not ended. */
    @Nullable
    SessionData read(String id) {
        CommitQueue.Committed before = queue.last(id);
        SessionData data = store.read(id, () -> repository.readData(id));
        if (data == null || timeouts.hasEnded(data)) {
            return null;
        }
        if (versioned && before != null && before.isStoredWithoutItsVersionIn(data)) {
            versioned = false;
            LOG.warn("The repository " + repository.getClass().getName()
                    + " does not store versions, so each commit reads"
                    + " first, and updates by several processes at once can be lost: see SessionDataRepository");
        }
        return data;
    }

    /** A record's attributes, or null if it cannot be decoded. */
    @Nullable
    Map<String, String> attributes(String id, SessionData data) {
        try {
            return json.split(data.toJson());
        } catch (JacksonException e) {
            unreadable.warn("Session " + SessionId.shortHash(id) + " cannot be decoded: its user gets a new one. "
                    + e.getClass().getName());
            events.tell(SessionEvent.UNREADABLE, id);
            return null;
        }
    }

    void destroy(JsonSession session) {
        session.destroyableIds().forEach(this::delete);
        ifUndone(session);
        session.destroyed();
    }

    private void delete(String id) {
        store.write("delete", id, () -> {
            repository.deleteData(id);
            return true;
        });
        events.tell(SessionEvent.DESTROYED, id);
    }

    /** Stores what has changed, or else extends the idle timeout if that is due. */
    void store(JsonSession session) {
        if (session.isNew()) {
            create(session);
        } else if (session.isChanged()) {
            update(session);
        } else {
            extendIfDue(session);
        }
    }

    private void create(JsonSession session) {
        // Its timeouts begin here, and not when the request asked for it.
        State created = changed(session, new State("", timeouts.begin(), Map.of()));
        SessionData data = created.data();
        String id = store.write("create", "", () -> repository.createData(data, data.expires()));
        if (!StringUtils.hasText(id)) {
            throw new IllegalStateException(
                    "createData of " + repository.getClass().getName() + " returned no id");
        }
        committed(session, id, data.asStored(), created.attributes());
        events.tell(SessionEvent.CREATED, id);
    }

    /** Takes over what was stored, as long as no transaction that it is part of is undone. */
    private void committed(JsonSession session, String id, SessionData data, Map<String, String> attributes) {
        ifUndone(session);
        session.committed(id, data, attributes);
    }

    boolean isOfTransaction(RuntimeException failure) {
        return repository.isOfTransaction(failure);
    }

    private void ifUndone(JsonSession session) {
        if (!repository.writesAreFinal()) {
            repository.ifUndone(session.undo());
        }
    }

    private void update(JsonSession session) {
        for (int attempt = 1; !tryToStore(session, attempt > 1); attempt++) {
            if (attempt == MAX_ATTEMPTS) {
                throw conflict(
                        session, "Other requests kept changing the session: gave up after " + attempt + " attempts");
            }
            pause(attempt);
        }
    }

    /** Stores a session's changes on top of the newest state; false if that is not what is stored any more. */
    private boolean tryToStore(JsonSession session, boolean isRetry) {
        String id = session.id();
        Function<@Nullable State, State> change = open -> changed(session, base(session, open, isRetry));
        if (session.isRotating()) {
            return inTurn(id, () -> rotate(session, change.apply(null)));
        }
        State written = repository.writesAreFinal() && !queue.hasTurn(id)
                ? queue.together(id, change, state -> write(state, true))
                : inTurn(id, () -> write(change.apply(null), false));
        if (written == null) {
            return false;
        }
        committed(session, id, written.data(), written.attributes());
        events.tell(SessionEvent.UPDATED, id);
        return true;
    }

    /** Without versions, nothing but the turn keeps two commits apart. */
    private <T extends @Nullable Object> T inTurn(String id, Supplier<T> commit) {
        return queue.inTurn(id, !versioned, commit);
    }

    private boolean rotate(JsonSession session, State state) {
        SessionData data = state.data();
        String newId = store.write("rotate", state.id(), () -> repository.rotateData(state.id(), data, data.expires()));
        if (newId == null && isLoginOfMoved(session)) {
            newId = store.write("create", state.id(), () -> repository.createData(data, data.expires()));
        }
        if (newId == null) {
            return false;
        }
        committed(session, newId, data.asStored(), state.attributes());
        events.tellRotated(state.id(), newId);
        return true;
    }

    private @Nullable State write(State state, boolean isFinal) {
        SessionData data = state.data();
        if (!store.write("update", state.id(), () -> repository.updateData(state.id(), data, data.expires()))) {
            return null;
        }
        State written = new State(state.id(), data.withNextVersion(), state.attributes());
        queue.committed(written, isFinal);
        return written;
    }

    /** The state to change: what was read, or what others are about to write on top of it, or what is stored by now. */
    private State base(JsonSession session, @Nullable State open, boolean isRetry) {
        SessionData read = session.stored();
        CommitQueue.Committed overtaking = queue.lastAfter(session.id(), read.version());
        if (open == null && !isRetry && overtaking == null && isCurrent(read)) {
            return new State(session.id(), read, session.attributes().stored());
        }
        State known = open != null || isRetry || overtaking == null ? open : known(overtaking);
        if (known == null) {
            return readAgain(session);
        }
        events.tell(SessionEvent.RETRIED, session.id());
        return known;
    }

    /**
     * What a transaction may yet undo, or a failover have lost since, is not known: another node could store something else
     * under its version.
     */
    private @Nullable State known(CommitQueue.Committed last) {
        boolean isLasting = last.isFinal() && System.nanoTime() - last.nanoTime() < MAX_AGE_NANOS;
        return isLasting && isCurrent(last.state().data()) ? last.state() : null;
    }

    private boolean isCurrent(SessionData data) {
        return versioned && timeouts.canBeWritten(data);
    }

    private State readAgain(JsonSession session) {
        String id = session.id();
        SessionData fresh = read(id);
        if (fresh == null && isLoginOfMoved(session)) {
            return new State(id, session.stored(), session.attributes().stored());
        }
        if (fresh == null) {
            throw ended(id);
        }
        events.tell(SessionEvent.RETRIED, id);
        Map<String, String> attributes = attributes(id, fresh);
        if (attributes == null) {
            throw gone(id);
        }
        return new State(id, fresh, attributes);
    }

    /** A login needs no record that another login has moved away: it begins one of its own, with what it has read. */
    private boolean isLoginOfMoved(JsonSession session) {
        return session.isLogin() && isMoved(session.id());
    }

    /** Whether an id that names no record has lost it to another id. */
    boolean isMoved(String id) {
        return store.read(id, () -> repository.isMoved(id));
    }

    private SessionException ended(String id) {
        if (isMoved(id)) {
            events.tell(SessionEvent.CONFLICT, id);
            return SessionConflictException.moved();
        }
        return gone(id);
    }

    private State changed(JsonSession session, State base) {
        Map<String, String> attributes = applied(session, base.attributes());
        return new State(base.id(), data(session, base, attributes), attributes);
    }

    private SessionGoneException gone(String id) {
        events.tell(SessionEvent.GONE, id);
        return new SessionGoneException();
    }

    /** The first retry comes at once, the later ones after a random time that grows slowly, so that the loser can catch up. */
    private static void pause(int attempt) {
        if (attempt > 1) {
            long longest = Math.min(MAX_PAUSE_NANOS, attempt * PAUSE_STEP_NANOS);
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(longest));
        }
    }

    private Map<String, String> applied(JsonSession session, Map<String, String> fresh) {
        Map<String, String> attributes = session.attributes().applyTo(fresh, lastWriteWins);
        if (attributes == null) {
            throw conflict(session, "Another request changed a session attribute after this one had read it");
        }
        return attributes;
    }

    private SessionConflictException conflict(JsonSession session, String message) {
        events.tell(SessionEvent.CONFLICT, session.id());
        return new SessionConflictException(message);
    }

    private SessionData data(JsonSession session, State base, Map<String, String> attributes) {
        String text = json.join(attributes);
        // No character has more than three bytes, so most sessions need not be encoded to be measured.
        if (text.length() > maxSize / 3) {
            checkSize(text.getBytes(StandardCharsets.UTF_8).length);
        }
        SessionData before = session.isLoginOver(base.data())
                ? base.data().withCreatedAt(timeouts.clock().instant())
                : base.data();
        String ownTimeout = attributes.get(SessionJson.IDLE_TIMEOUT);
        boolean isOther = !Objects.equals(ownTimeout, base.attributes().get(SessionJson.IDLE_TIMEOUT));
        return before.replacedBy(
                text, session.principalOver(before), expires(session, before, json.idleTimeout(ownTimeout), isOther));
    }

    /** A new id, or another idle timeout, has the whole of it before it; or else it is extended if that is due. */
    private Instant expires(JsonSession session, SessionData before, @Nullable Duration own, boolean isOther) {
        return session.isNew() || session.isRotating() || isOther
                ? timeouts.expires(own, before)
                : timeouts.extended(own, before);
    }

    private void checkSize(int bytes) {
        if (bytes > maxSize) {
            throw new IllegalStateException("The session's JSON has " + bytes + " bytes, more than the max-size of "
                    + maxSize + ": keep ids in the session and the rest elsewhere, or raise session.max-size");
        }
    }

    /**
     * A request that only read never fails for its extension: it is dropped if the record is gone or newer, or if the store
     * does not take it.
     */
    private void extendIfDue(JsonSession session) {
        Instant now = timeouts.clock().instant();
        Instant expires = timeouts.extended(session.ownIdleTimeout(), session.stored());
        if (!expires.isAfter(session.stored().expires()) || now.isBefore(session.nextExtension())) {
            return;
        }
        try {
            inTurn(session.id(), () -> extend(session, expires));
        } catch (SessionUnavailableException dropped) {
            // A store that is down may take its whole timeout to say so: the next commit of this request does not ask
            // again.
            session.nextExtension(now.plus(PAUSE_OF_EXTENSIONS));
        }
    }

    private boolean extend(JsonSession session, Instant expires) {
        SessionData data = versioned ? session.stored() : read(session.id());
        if (data == null || !store.extend(session.id(), () -> repository.extendData(session.id(), data, expires))) {
            return false;
        }
        session.extended(expires);
        events.tell(SessionEvent.EXTENDED, session.id());
        return true;
    }
}
