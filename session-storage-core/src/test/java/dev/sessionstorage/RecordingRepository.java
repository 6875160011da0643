package dev.sessionstorage;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Records each call, and fails or runs an action first if a test asks for it. On top of a {@link MapRepository} it has only the
 * four callbacks and inherits the rest.
 */
final class RecordingRepository implements SessionDataRepository {

    /** The calls since the last {@link #forget}: create, read, update, delete, extend, rotate. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    private final SessionDataRepository store;
    private @Nullable String failingCall;
    private RuntimeException failure = new StoreDownException();
    private @Nullable String interruptedCall;
    private Runnable interruption = () -> {};

    RecordingRepository(SessionDataRepository store) {
        this.store = store;
    }

    void forget() {
        calls.clear();
    }

    /** Makes one kind of call fail before it reaches the store; null ends that. */
    void failAt(@Nullable String call) {
        failingCall = call;
        failure = new StoreDownException();
    }

    /** Does the same as {@link #failAt(String)}, with this exception. */
    void failAt(String call, RuntimeException exception) {
        failAt(call);
        failure = exception;
    }

    /** Runs an action once, just before the next call of a kind reaches the store. */
    void before(String call, Runnable action) {
        interruptedCall = call;
        interruption = action;
    }

    @Override
    public String createData(SessionData data, Instant expires) {
        called("create");
        return store.createData(data, expires);
    }

    @Override
    public @Nullable SessionData readData(String id) {
        called("read");
        return store.readData(id);
    }

    @Override
    public boolean updateData(String id, SessionData data, Instant expires) {
        called("update");
        return store.updateData(id, data, expires);
    }

    @Override
    public void deleteData(String id) {
        called("delete");
        store.deleteData(id);
    }

    @Override
    public boolean extendData(String id, SessionData data, Instant expires) {
        if (store instanceof MapRepository) {
            return SessionDataRepository.super.extendData(id, data, expires);
        }
        called("extend");
        return store.extendData(id, data, expires);
    }

    @Override
    public @Nullable String rotateData(String id, SessionData data, Instant expires) {
        if (store instanceof MapRepository) {
            return SessionDataRepository.super.rotateData(id, data, expires);
        }
        called("rotate");
        return store.rotateData(id, data, expires);
    }

    @Override
    public boolean isMoved(String id) {
        return store.isMoved(id);
    }

    @Override
    public boolean writesAreFinal() {
        return store.writesAreFinal();
    }

    @Override
    public void ifUndone(Runnable action) {
        store.ifUndone(action);
    }

    @Override
    public boolean isOfTransaction(RuntimeException failure) {
        return store.isOfTransaction(failure);
    }

    private void called(String call) {
        calls.add(call);
        if (call.equals(failingCall)) {
            throw failure;
        }
        if (call.equals(interruptedCall)) {
            interruptedCall = null;
            interruption.run();
        }
    }

    static final class StoreDownException extends RuntimeException {
        StoreDownException() {
            super("connection refused");
        }
    }
}
