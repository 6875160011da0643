package dev.sessionstorage.web;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts calls to the store, and fails on demand. */
final class CountingRepository implements SessionDataRepository {

    private final InMemorySessionDataRepository delegate = new InMemorySessionDataRepository();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    volatile boolean down;
    /** Whether the next update succeeds but its response is lost. */
    volatile boolean unanswered;

    @Override
    public String createData(SessionData data, Instant expires) {
        write();
        return delegate.createData(data, expires);
    }

    @Override
    public @Nullable SessionData readData(String id) {
        reads.incrementAndGet();
        fail();
        return delegate.readData(id);
    }

    @Override
    public boolean updateData(String id, SessionData data, Instant expires) {
        write();
        boolean stored = delegate.updateData(id, data, expires);
        if (unanswered) {
            unanswered = false;
            throw new IllegalStateException("the answer is lost");
        }
        return stored;
    }

    @Override
    public void deleteData(String id) {
        write();
        delegate.deleteData(id);
    }

    @Override
    public @Nullable String rotateData(String id, SessionData data, Instant expires) {
        write();
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

    /** Returns the "reads/writes" since the last call. */
    String counts() {
        return reads.getAndSet(0) + "/" + writes.getAndSet(0);
    }

    private void write() {
        writes.incrementAndGet();
        fail();
    }

    private void fail() {
        if (down) {
            throw new IllegalStateException("the store is down");
        }
    }
}
