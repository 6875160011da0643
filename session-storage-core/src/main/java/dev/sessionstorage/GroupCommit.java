package dev.sessionstorage;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Group commit, as in a database's log: concurrent changes of one key in this JVM are applied one on top of the other and
 * written once. Its locks come from {@code java.util.concurrent}, because waiting for them does not pin a virtual thread.
 *
 * @param <S> the state that is written
 */
final class GroupCommit<S> {

    /** Longer than the queued commits of a key take, and much shorter than the timeout of a connection pool. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int MOST_CHANGES = 64;
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** The keys with commits in progress. */
    final Map<String, Line<S>> lines = new ConcurrentHashMap<>();

    private final Writer<S> writer;
    private final long turnPatienceNanos;
    private final long writePatienceNanos;

    GroupCommit(Writer<S> writer) {
        this(writer, PATIENCE_NANOS, PATIENCE_NANOS);
    }

    /**
     * With other timeouts, for tests.
     *
     * @param turnPatienceNanos how long a change waits for its turn before it is written alone
     * @param writePatienceNanos how long a change waits for its batch to be written before its thread does so
     */
    GroupCommit(Writer<S> writer, long turnPatienceNanos, long writePatienceNanos) {
        this.writer = writer;
        this.turnPatienceNanos = turnPatienceNanos;
        this.writePatienceNanos = writePatienceNanos;
    }

    @FunctionalInterface
    interface Writer<S> {
        /** Writes a state; null if it is not based on what is stored. */
        @Nullable
        S write(S state);
    }

    /** The queue of commits of one key. */
    static final class Line<S> {
        private final ReentrantLock turn = new ReentrantLock();
        /** The number of threads about to join a batch. */
        private final AtomicInteger waiting = new AtomicInteger();
        /** Guarded by the map of lines. */
        private int threads;
        /** Guarded by the turn. */
        private @Nullable Batch<S> open;
    }

    /** A thread's batch, and the state after its own change. */
    private record Place<S>(Batch<S> batch, S own) {}

    /**
     * Applies a change when its turn comes, and writes it together with those of the threads that wait meanwhile. Each thread
     * applies its own change, so the application's functions run on their own threads. A thread must not call this if it
     * already has the turn, because it would wait for itself, or if it holds a database connection, because the others may be
     * waiting for it.
     *
     * @param base the state to change, if no other change is about to be written
     * @param change the change; if it throws, the others are written without it
     * @return the state with this change; if others' changes were written on top of it, with the version from before the write;
     *     null if nothing was written
     * @throws CompletionException if the write of the batch failed; its cause is the reason
     */
    @Nullable
    S commit(String key, Supplier<S> base, UnaryOperator<S> change) {
        Line<S> line = line(key);
        Place<S> place;
        line.waiting.incrementAndGet();
        boolean hasTurn = awaitTurn(line, turnPatienceNanos);
        line.waiting.decrementAndGet();
        try {
            if (!hasTurn) {
                return writer.write(change.apply(base.get()));
            }
            try {
                place = join(line, base, change);
            } finally {
                writeIfLastOrFull(line);
            }
        } finally {
            leave(key, line, hasTurn);
        }
        S written = place.batch().await(writer, writePatienceNanos);
        return written == null || place.batch().endsWith(place.own()) ? written : place.own();
    }

    /**
     * Waits for a key's turn without joining a batch. The caller must then call {@link #leave}.
     *
     * @return false if the turn did not come in time
     */
    boolean enter(String key, long patienceNanos) {
        return awaitTurn(line(key), patienceNanos);
    }

    /** Ends what {@link #enter} began, and releases the turn if the thread has it. */
    void leave(String key, boolean hasTurn) {
        leave(key, Objects.requireNonNull(lines.get(key)), hasTurn);
    }

    /** Whether the calling thread already has the turn, because a function that it runs there commits the same key. */
    boolean hasTurn(String key) {
        Line<S> line = lines.get(key);
        return line != null && line.turn.isHeldByCurrentThread();
    }

    /** How many threads wait to join a batch. */
    int waiting(String key) {
        Line<S> line = lines.get(key);
        return line == null ? 0 : line.waiting.get();
    }

    private Line<S> line(String key) {
        return lines.compute(key, (same, present) -> {
            Line<S> line = present == null ? new Line<>() : present;
            line.threads++;
            return line;
        });
    }

    private void leave(String key, Line<S> line, boolean hasTurn) {
        if (hasTurn) {
            line.turn.unlock();
        }
        lines.computeIfPresent(key, (same, present) -> --present.threads == 0 ? null : present);
    }

    private static boolean awaitTurn(Line<?> line, long patienceNanos) {
        try {
            return line.turn.tryLock(patienceNanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static <S> Place<S> join(Line<S> line, Supplier<S> base, UnaryOperator<S> change) {
        Batch<S> open = line.open;
        S before = open == null ? null : open.state();
        if (open != null && before != null) {
            S after = change.apply(before);
            if (open.add(after)) {
                return new Place<>(open, after);
            }
        }
        S after = change.apply(base.get());
        Batch<S> begun = new Batch<>(after);
        line.open = begun;
        return new Place<>(begun, after);
    }

    private void writeIfLastOrFull(Line<S> line) {
        Batch<S> open = line.open;
        if (open != null && (line.waiting.get() == 0 || open.isFull())) {
            line.open = null;
            open.write(writer);
        }
    }

    /** Changes that are written together. */
    private static final class Batch<S> {

        private final CompletableFuture<@Nullable S> outcome = new CompletableFuture<>();
        private final long begun = System.nanoTime();
        private S state;
        private int changes = 1;
        private boolean closed;

        Batch(S state) {
            this.state = state;
        }

        /** The state to change next, null if it is being written. */
        synchronized @Nullable S state() {
            return closed ? null : state;
        }

        /** Adds a change on top of the others; false if they are already being written. */
        synchronized boolean add(S after) {
            if (closed) {
                return false;
            }
            state = after;
            changes++;
            return true;
        }

        synchronized boolean isFull() {
            return changes >= MOST_CHANGES || System.nanoTime() - begun >= LONGEST_NANOS;
        }

        synchronized boolean endsWith(S own) {
            return state == own;
        }

        private synchronized @Nullable S close() {
            S last = state();
            closed = true;
            return last;
        }

        /** Writes the changes unless another thread does. */
        void write(Writer<S> writer) {
            S last = close();
            if (last == null) {
                return;
            }
            try {
                outcome.complete(writer.write(last));
            } catch (RuntimeException | Error e) {
                outcome.completeExceptionally(e);
            }
        }

        /**
         * Waits for the write. If an application's function holds up the thread that should write, this thread writes. An
         * interrupt does not end the wait, because the change may have been written already.
         */
        @Nullable
        S await(Writer<S> writer, long patienceNanos) {
            boolean interrupted = false;
            while (!outcome.isDone()) {
                try {
                    outcome.get(patienceNanos, TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    write(writer);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    break;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return outcome.join();
        }
    }
}
