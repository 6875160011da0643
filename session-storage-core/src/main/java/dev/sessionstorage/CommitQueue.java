package dev.sessionstorage;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the commits of one session in this JVM wait for each other, so that they don't fight for the compare-and-set. Those
 * that have waited are written together, as databases write the commits of several transactions to their log. It also
 * remembers what was committed last. Locks of {@code java.util.concurrent}, because waiting for them does not pin a virtual
 * thread.
 */
final class CommitQueue {

    static final int STRIPES = 256;

    /** Longer than a line of commits takes, and much shorter than a connection pool lets a thread wait. */
    private static final long PATIENCE_MILLIS = 1_000;

    private final Stripe[] stripes = Stream.generate(Stripe::new).limit(STRIPES).toArray(Stripe[]::new);

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

    private static final class Stripe {
        final ReentrantLock lock = new ReentrantLock();
        /** Of those who write together: each of them will look at the open batch. */
        final AtomicInteger waiting = new AtomicInteger();

        @Nullable
        Batch open;

        volatile @Nullable Committed last;
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
        ReentrantLock lock = stripe(id).lock;
        boolean hasTurn = acquire(lock, strictly);
        try {
            return commit.get();
        } finally {
            if (hasTurn) {
                lock.unlock();
            }
        }
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
        return stripe(id).lock.isHeldByCurrentThread();
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
        Stripe stripe = stripe(id);
        Batch batch;
        State own;
        stripe.waiting.incrementAndGet();
        stripe.lock.lock();
        try {
            boolean isLast = stripe.waiting.decrementAndGet() == 0;
            try {
                batch = join(stripe, id, change, write);
                own = batch.state;
            } finally {
                if (isLast) {
                    writeOpen(stripe, write);
                }
            }
        } finally {
            stripe.lock.unlock();
        }
        State written = batch.outcome.join().get();
        return written == null || own.equals(batch.state) ? written : own;
    }

    private static Batch join(
            Stripe stripe, String id, Function<@Nullable State, State> change, Function<State, @Nullable State> write) {
        if (stripe.open != null && !stripe.open.state.id().equals(id)) {
            writeOpen(stripe, write);
        }
        Batch open = stripe.open;
        if (open != null) {
            open.state = change.apply(open.state);
            return open;
        }
        Batch begun = new Batch(change.apply(null));
        stripe.open = begun;
        return begun;
    }

    private static void writeOpen(Stripe stripe, Function<State, @Nullable State> write) {
        Batch batch = stripe.open;
        stripe.open = null;
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
        stripe(state.id()).last = new Committed(state, isFinal, System.nanoTime());
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
        Committed last = stripe(id).last;
        return last != null && last.state().id().equals(id) ? last : null;
    }

    private Stripe stripe(String id) {
        return stripes[Math.floorMod(id.hashCode(), STRIPES)];
    }
}
