package dev.sessionstorage;

import org.jspecify.annotations.Nullable;

/**
 * One attempt to apply a change: to the state that the request read, or to a newer one.
 *
 * @param mustRead true on a retry: both the state that the request read and any recent commit of this JVM are stale
 */
record Attempt(State read, Change change, boolean mustRead, StateRepository store, CommitRules rules) {

    /** The newest state. It is read from the repository only if this JVM does not know it. */
    State base() {
        State newest = newestKnown();
        return newest != null && rules.timeouts().canBeWritten(newest.data()) ? newest : readAgain();
    }

    /**
     * Null if the repository must be read. Only a recent, final commit is reused; one inside a transaction may still be rolled
     * back.
     */
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
            throw store.events().gone(read.id());
        }
        if (!change.isLogin()) {
            throw store.events().conflict(read.id(), SessionConflictException.moved());
        }
        // A concurrent login has rotated the session away. This one starts a separate session from the data it read.
        return read;
    }

    /** Applies the change to a state. */
    State on(State state) {
        if (!state.data().equals(read.data())) {
            store.events().tell(SessionEvent.RETRIED, read.id());
        }
        State next = change.applyTo(state, rules);
        if (next == null) {
            throw store.events()
                    .conflict(
                            read.id(),
                            new SessionConflictException(
                                    "Another request changed a session attribute after this one had read it"));
        }
        return next;
    }
}
