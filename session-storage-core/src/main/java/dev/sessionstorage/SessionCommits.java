package dev.sessionstorage;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Optimistic locking: stores a change by compare-and-set. If that fails, it applies the change to the newer state and tries
 * again.
 */
final class SessionCommits {

    /**
     * If ten nodes keep writing one session, each attempt wins one time in ten. All 100 fail once in 38,000 times (0.9^100).
     */
    private static final int MAX_ATTEMPTS = 100;

    private static final long PAUSE_STEP_NANOS = 250_000;
    private static final long MAX_PAUSE_NANOS = 10_000_000;

    /** Longer, because without versions only the turn keeps two commits apart. */
    private static final long PATIENCE_WITHOUT_VERSIONS_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final StateRepository store;
    private final CommitRules rules;
    private final SessionEvents events;
    private final GroupCommit<State> group;

    SessionCommits(StateRepository store, CommitRules rules) {
        this.store = store;
        this.rules = rules;
        this.events = store.events();
        this.group = new GroupCommit<>(state -> store.update(state, true));
    }

    /** Stores a new session. Its timeouts start here, not when the request got it. */
    State create(Change change) {
        State empty = new State("", rules.timeouts().begin(), Map.of());
        State created = store.create(Objects.requireNonNull(change.applyTo(empty, rules), "no other request has it"));
        events.tell(SessionEvent.CREATED, created.id());
        return created;
    }

    /**
     * Stores a change of a stored session.
     *
     * @param read the state that the request read
     * @return the stored state, which contains the change
     */
    State update(State read, Change change) {
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            State stored = tryToStore(new Attempt(read, change, attempt > 1, store, rules));
            if (stored != null) {
                if (!change.rotates()) {
                    events.tell(SessionEvent.UPDATED, stored.id());
                }
                return stored;
            }
            pause(attempt);
        }
        throw events.conflict(
                read.id(),
                new SessionConflictException(
                        "Other requests kept changing the session: gave up after " + MAX_ATTEMPTS + " attempts"));
    }

    /** Makes an attempt; null if it was not based on what is stored. */
    private @Nullable State tryToStore(Attempt attempt) {
        String id = attempt.read().id();
        boolean isFinal = store.writesAreFinal();
        if (attempt.change().rotates() || !isFinal || !store.storesVersions() || group.hasTurn(id)) {
            return storeAlone(attempt, isFinal);
        }
        try {
            return group.commit(id, attempt::base, attempt::on);
        } catch (CompletionException e) {
            throw SessionUnavailableException.ofGroup(e);
        }
    }

    private @Nullable State storeAlone(Attempt attempt, boolean isFinal) {
        String id = attempt.read().id();
        boolean hasTurn = enter(id);
        try {
            return attempt.change().rotates() ? rotate(attempt) : store.update(attempt.on(attempt.base()), isFinal);
        } finally {
            group.leave(id, hasTurn);
        }
    }

    private @Nullable State rotate(Attempt attempt) {
        State next = attempt.on(attempt.base());
        State rotated = store.rotate(next);
        if (rotated == null && attempt.change().isLogin() && store.isMoved(next.id())) {
            rotated = store.create(next);
        }
        if (rotated != null) {
            events.tellRotated(next.id(), rotated.id());
        }
        return rotated;
    }

    /**
     * Extends the expiry of a session that was only read, if that is due.
     *
     * @return the state with the later expiry; the same state if nothing was stored, because it is not due or another request
     *     has changed or ended the session
     */
    State extend(State read) {
        Instant expires = rules.timeouts().extended(read.idleTimeout(), read.data());
        if (!expires.isAfter(read.data().expires())) {
            return read;
        }
        boolean hasTurn = enter(read.id());
        try {
            State base = store.storesVersions() ? read : store.read(read.id());
            return base != null && store.extend(base.withData(base.data().withExpires(expires)))
                    ? read.withData(read.data().withExpires(expires))
                    : read;
        } finally {
            group.leave(read.id(), hasTurn);
        }
    }

    /**
     * Waits for the session's turn. It waits at most a second, because the thread that has the turn may be waiting for the
     * database connection that this one holds. Versions keep a commit safe even without the turn. Without versions it waits
     * longer, then throws.
     */
    private boolean enter(String id) {
        boolean hasTurn =
                group.enter(id, store.storesVersions() ? GroupCommit.PATIENCE_NANOS : PATIENCE_WITHOUT_VERSIONS_NANOS);
        if (!hasTurn && !store.storesVersions()) {
            group.leave(id, false);
            throw events.conflict(
                    id, new SessionConflictException("Another request has been changing the session for too long"));
        }
        return hasTurn;
    }

    /**
     * Backs off with jitter: the first retry is immediate, later ones wait for a random, slowly growing time, so that the loser
     * can catch up.
     */
    private static void pause(int attempt) {
        if (attempt > 1) {
            long longest = Math.min(MAX_PAUSE_NANOS, attempt * PAUSE_STEP_NANOS);
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(longest));
        }
    }
}
