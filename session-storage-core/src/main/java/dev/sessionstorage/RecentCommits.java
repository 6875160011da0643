package dev.sessionstorage;

import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The commits of this JVM within the last second. A request that was overtaken by another one on the same node continues from
 * that one's commit without another read. A failover of the store takes longer than a second, so it cannot have lost such a
 * commit.
 */
final class RecentCommits {

    /** The number of sessions remembered, each until another one takes its slot. */
    private static final int CAPACITY = 256;

    private static final long LIFE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final ScheduledThreadPoolExecutor LATER = later();

    private final AtomicReferenceArray<@Nullable Commit> commits = new AtomicReferenceArray<>(CAPACITY);
    private final AtomicBoolean purging = new AtomicBoolean();
    private final LongSupplier nanoTime;
    private final Executor inASecond;

    /**
     * A commit.
     *
     * @param state what was stored; null if a transaction may still roll it back: then older versions are stale, but the newest
     *     state is not known
     */
    record Commit(String id, long version, @Nullable State state, long nanoTime) {}

    RecentCommits() {
        this(System::nanoTime, task -> {
            Future<?> unused = LATER.schedule(task, LIFE_NANOS, TimeUnit.NANOSECONDS);
        });
    }

    /** Its thread ends when it has nothing to do, so it keeps neither a JVM nor the class loader of a web application alive. */
    private static ScheduledThreadPoolExecutor later() {
        ScheduledThreadPoolExecutor later = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "session-storage-recent-commits");
            thread.setDaemon(true);
            return thread;
        });
        later.setKeepAliveTime(LIFE_NANOS, TimeUnit.NANOSECONDS);
        later.allowCoreThreadTimeOut(true);
        return later;
    }

    RecentCommits(LongSupplier nanoTime, Executor inASecond) {
        this.nanoTime = nanoTime;
        this.inASecond = inASecond;
    }

    void add(State state, boolean isFinal) {
        commits.set(
                place(state.id()),
                new Commit(state.id(), state.version(), isFinal ? state : null, nanoTime.getAsLong()));
        purgeInASecond();
    }

    void forget(String id) {
        Commit last = commits.get(place(id));
        if (last != null && last.id().equals(id)) {
            commits.compareAndSet(place(id), last, null);
        }
    }

    /** The last commit of the state's session, null if it is not newer than the state. */
    @Nullable
    Commit after(State state) {
        Commit last = commits.get(place(state.id()));
        return last != null && last.id().equals(state.id()) && last.version() > state.version() && isRecent(last)
                ? last
                : null;
    }

    boolean isEmpty() {
        return IntStream.range(0, CAPACITY).allMatch(place -> commits.get(place) == null);
    }

    /** Drops a session's attributes from memory when they are no longer of use. */
    private void purgeInASecond() {
        if (purging.compareAndSet(false, true)) {
            inASecond.execute(this::purge);
        }
    }

    private void purge() {
        purging.set(false);
        boolean anyLeft = false;
        for (int place = 0; place < CAPACITY; place++) {
            Commit commit = commits.get(place);
            if (commit != null && !isRecent(commit)) {
                commits.compareAndSet(place, commit, null);
            } else if (commit != null) {
                anyLeft = true;
            }
        }
        if (anyLeft) {
            purgeInASecond();
        }
    }

    private boolean isRecent(Commit commit) {
        return nanoTime.getAsLong() - commit.nanoTime() < LIFE_NANOS;
    }

    private static int place(String id) {
        return Math.floorMod(id.hashCode(), CAPACITY);
    }
}
