package dev.sessionstorage;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the commits of one session in this JVM wait for each other, so that they don't fight for the compare-and-set. It also
 * remembers what was committed last, to know a state that has been overtaken without asking the repository. Locks of
 * {@code java.util.concurrent}, because waiting for them does not pin a virtual thread.
 */
final class CommitQueue {

    private static final int STRIPES = 64;

    private final ReentrantLock[] locks =
            Stream.generate(ReentrantLock::new).limit(STRIPES).toArray(ReentrantLock[]::new);
    private final AtomicReferenceArray<@Nullable Committed> last = new AtomicReferenceArray<>(STRIPES);

    /** A session's last commit in this JVM. Its data as it is: a hash of it would cost more than the rest of a commit's turn. */
    record Committed(String id, SessionData data) {

        long version() {
            return data.version();
        }

        /** Whether a repository kept this commit's data, but not its version. */
        boolean isStoredWithoutItsVersionIn(SessionData read) {
            return read.version() < version()
                    && read.toJson().equals(data.toJson())
                    && Objects.equals(read.principal(), data.principal());
        }
    }

    /** Runs a commit when all earlier ones of the session are done. */
    void inTurn(String id, Runnable commit) {
        ReentrantLock lock = locks[stripe(id)];
        lock.lock();
        try {
            commit.run();
        } finally {
            lock.unlock();
        }
    }

    void committed(String id, SessionData data) {
        last.set(stripe(id), new Committed(id, data));
    }

    @Nullable
    Committed last(String id) {
        Committed committed = last.get(stripe(id));
        return committed != null && committed.id().equals(id) ? committed : null;
    }

    private static int stripe(String id) {
        return Math.floorMod(id.hashCode(), STRIPES);
    }
}
