package dev.sessionstorage;

import org.jspecify.annotations.Nullable;

/**
 * One try to make a change: on the state that the request has read, or on a newer one.
 *
 * @param mustRead whether the state that the request has read, and what this JVM knows of later ones, is out
 */
record Attempt(State read, Change change, boolean mustRead, StateRepository store, CommitRules rules) {

    /** The newest state, from the repository only where it has to be. */
    State base() {
        State newest = newestKnown();
        return newest != null && rules.timeouts().canBeWritten(newest.data()) ? newest : readAgain();
    }

    /** Null if the repository has to be asked. Only a recent, final commit is reused; a transaction may undo another one. */
    private @Nullable State newestKnown() {
        if (mustRead || !store.storesVersions()) {
            return null;
        }
        RecentCommits.Commit last = store.after(read);
        return last == null ? read : last.state();
    }

    private State readAgain() {
        State fresh = store.read(read.id());
        if (fresh != null) {
            return fresh;
        }
        if (!store.isMoved(read.id())) {
            store.tell(SessionEvent.GONE, read.id());
            throw new SessionGoneException();
        }
        if (!change.isLogin()) {
            store.tell(SessionEvent.CONFLICT, read.id());
            throw SessionConflictException.moved();
        }
        // Another login has moved it away meanwhile: this one begins a session of its own, with what it has read.
        return read;
    }

    /** A state with the change. */
    State on(State state) {
        if (!state.data().equals(read.data())) {
            store.tell(SessionEvent.RETRIED, read.id());
        }
        State next = change.applyTo(state, rules);
        if (next == null) {
            store.tell(SessionEvent.CONFLICT, read.id());
            throw new SessionConflictException(
                    "Another request changed a session attribute after this one had read it");
        }
        return next;
    }
}
