package dev.sessionstorage.test;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A repository whose next write can be paused, so that a test can intervene between a commit's read and its write. */
final class PausingRepository implements SessionDataRepository {

    private static final long PATIENCE_SECONDS = 30;

    private final SessionDataRepository delegate;
    private volatile @Nullable Pause armed;

    /** The wait of one write. */
    static final class Pause {

        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        void awaitReached() {
            await(reached);
        }

        void release() {
            released.countDown();
        }

        private void hold() {
            reached.countDown();
            await(released);
        }

        private static void await(CountDownLatch latch) {
            try {
                if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new AssertionError("nothing came within " + PATIENCE_SECONDS + " seconds");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    PausingRepository(SessionDataRepository delegate) {
        this.delegate = delegate;
    }

    /** Pauses the next write. */
    Pause pauseNextWrite() {
        Pause pause = new Pause();
        armed = pause;
        return pause;
    }

    @Override
    public String createData(SessionData data, Instant expires) {
        beforeWrite();
        return delegate.createData(data, expires);
    }

    @Override
    public @Nullable SessionData readData(String id) {
        return delegate.readData(id);
    }

    @Override
    public boolean updateData(String id, SessionData data, Instant expires) {
        beforeWrite();
        return delegate.updateData(id, data, expires);
    }

    @Override
    public void deleteData(String id) {
        beforeWrite();
        delegate.deleteData(id);
    }

    @Override
    public boolean extendData(String id, SessionData data, Instant expires) {
        beforeWrite();
        return delegate.extendData(id, data, expires);
    }

    @Override
    public @Nullable String rotateData(String id, SessionData data, Instant expires) {
        beforeWrite();
        return delegate.rotateData(id, data, expires);
    }

    @Override
    public boolean isMoved(String id) {
        return delegate.isMoved(id);
    }

    @Override
    public boolean writesAreFinal() {
        return delegate.writesAreFinal();
    }

    @Override
    public void ifUndone(Runnable action) {
        delegate.ifUndone(action);
    }

    @Override
    public boolean isOfTransaction(RuntimeException failure) {
        return delegate.isOfTransaction(failure);
    }

    private void beforeWrite() {
        Pause pause = armed;
        armed = null;
        if (pause != null) {
            pause.hold();
        }
    }
}
