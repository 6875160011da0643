package dev.sessionstorage;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the commits of one session in this JVM wait for each other, so that they don't fight for the compare-and-set. Those
 * that have waited are written together, as databases write the commits of several transactions to their log. It also
 * remembers what was committed last. Locks of {@code java.util.concurrent}, because waiting for them does not pin a virtual
 * thread.
 */
final class CommitQueue {

    /** As many sessions' last commits are remembered, each until another one takes its place. */
    private static final int REMEMBERED = 256;

    /** Longer than a line of commits takes, and much shorter than a connection pool lets a thread wait. */
    private static final long PATIENCE_MILLIS = 1_000;

    /** One for each session that is being committed. */
    final Map<String, Line> lines = new ConcurrentHashMap<>();

    private final AtomicReferenceArray<@Nullable Committed> lastCommits = new AtomicReferenceArray<>(REMEMBERED);

    /** What is, or is to be, stored under an id. */
    record State(String id, SessionData data, Map<String, String> attributes) {

        long version() {
            return data.version();
        }

        @Override
        public String toString() {
            return "State[" + SessionId.shortHash(id) + ", version " + version() + "]";
        }
    }

    /** A commit that was done, whether no transaction can undo it, and when it was, in {@link System#nanoTime()}. */
    record Committed(State state, boolean isFinal, long nanoTime) {

        /** Whether a repository kept this commit's data, but not its version. One that is raised once is kept. */
        boolean isStoredWithoutItsVersionIn(SessionData read) {
            SessionData data = state.data();
            return read.version() == 0
                    && data.version() > 0
                    && read.toJson().equals(data.toJson())
                    && Objects.equals(read.principal(), data.principal());
        }
    }

    static final class Line {
        final ReentrantLock lock = new ReentrantLock();
        /** Of those who write together: each of them will look at the open batch. */
        final AtomicInteger waiting = new AtomicInteger();
        /** Guarded by the map of lines: nobody has a line that is not in it. */
        int threads;

        @Nullable
        Batch open;
    }

    /** Changes that are written together, each made on top of the one before it. */
    private static final class Batch {
        final CompletableFuture<Supplier<@Nullable State>> outcome = new CompletableFuture<>();
        State state;

        Batch(State state) {
            this.state = state;
        }
    }

    /**
     * Makes a commit when all earlier ones of the session are done, or else after a second: the thread that has the turn may
     * wait for the database connection that the calling one holds. It is safe where versions are compared.
     *
     * @param strictly to wait for as long as it takes
     */
    <T extends @Nullable Object> T inTurn(String id, boolean strictly, Supplier<T> commit) {
        ReentrantLock lock = enter(id).lock;
        boolean hasTurn = acquire(lock, strictly);
        try {
            return commit.get();
        } finally {
            if (hasTurn) {
                lock.unlock();
            }
            leave(id);
        }
    }

    private Line enter(String id) {
        return lines.compute(id, (key, present) -> {
            Line line = present == null ? new Line() : present;
            line.threads++;
            return line;
        });
    }

    private void leave(String id) {
        lines.computeIfPresent(id, (key, line) -> --line.threads == 0 ? null : line);
    }

    private static boolean acquire(ReentrantLock lock, boolean strictly) {
        if (strictly) {
            lock.lock();
            return true;
        }
        try {
            return lock.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether the calling thread has the turn: what it gave to {@link Session#update} commits a session itself. */
    boolean hasTurn(String id) {
        Line line = lines.get(id);
        return line != null && line.lock.isHeldByCurrentThread();
    }

    /**
     * Makes a change when all earlier ones of the session are made, and has it written: together with those of the threads
     * that wait meanwhile, by the last of them. Each makes its change itself, so that what the application gave it runs in
     * its own thread. Not for a thread that has the turn already, which would wait for itself, nor for one that holds a
     * database connection, for which the others may wait.
     *
     * @param change from the state that it is made on, null if it has to find one, to the state with it; if it throws, the
     *     others are written without it
     * @param write writes a state; null if it is not made on top of what is stored
     * @return the state with this change, and the version before if others' changes were written on top of it; null if
     *     nothing was written
     */
    @Nullable
    State together(String id, Function<@Nullable State, State> change, Function<State, @Nullable State> write) {
        Line line = enter(id);
        Batch batch;
        State own;
        line.waiting.incrementAndGet();
        line.lock.lock();
        try {
            boolean isLast = line.waiting.decrementAndGet() == 0;
            try {
                batch = join(line, change);
                own = batch.state;
            } finally {
                if (isLast) {
                    writeOpen(line, write);
                }
            }
        } finally {
            line.lock.unlock();
            leave(id);
        }
        State written = batch.outcome.join().get();
        return written == null || own.equals(batch.state) ? written : own;
    }

    private static Batch join(Line line, Function<@Nullable State, State> change) {
        Batch open = line.open;
        if (open != null) {
            open.state = change.apply(open.state);
            return open;
        }
        Batch begun = new Batch(change.apply(null));
        line.open = begun;
        return begun;
    }

    private static void writeOpen(Line line, Function<State, @Nullable State> write) {
        Batch batch = line.open;
        line.open = null;
        if (batch != null) {
            batch.outcome.complete(outcome(batch.state, write));
        }
    }

    private static Supplier<@Nullable State> outcome(State state, Function<State, @Nullable State> write) {
        try {
            State written = write.apply(state);
            return () -> written;
        } catch (RuntimeException | Error e) {
            return () -> {
                throw e;
            };
        }
    }

    void committed(State state, boolean isFinal) {
        lastCommits.set(place(state.id()), new Committed(state, isFinal, System.nanoTime()));
    }

    /** The session's last commit in this JVM if it is newer than a version, and no other session's has taken its place. */
    @Nullable
    Committed lastAfter(String id, long version) {
        Committed last = last(id);
        return last != null && last.state().version() > version ? last : null;
    }

    /** The session's last commit in this JVM, if no other session's has taken its place. */
    @Nullable
    Committed last(String id) {
        Committed last = lastCommits.get(place(id));
        return last != null && last.state().id().equals(id) ? last : null;
    }

    private static int place(String id) {
        return Math.floorMod(id.hashCode(), REMEMBERED);
    }
}
