package dev.sessionstorage.test;

import dev.sessionstorage.ExpiredSessionRepository;
import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.PrincipalSessionRepository;
import dev.sessionstorage.SessionData;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A correct repository. Each subclass breaks one thing. */
class ForwardingRepository implements ExpiredSessionRepository, PrincipalSessionRepository {

    final Clock clock;
    final InMemorySessionDataRepository correct;

    ForwardingRepository(Clock clock) {
        this(clock, clock);
    }

    ForwardingRepository(Clock clock, Clock clockOfTheStore) {
        this.clock = clock;
        this.correct = new InMemorySessionDataRepository(clockOfTheStore, 10_000);
    }

    @Override
    public String createData(SessionData data, Instant expires) {
        return correct.createData(data, expires);
    }

    @Override
    public @Nullable SessionData readData(String id) {
        return correct.readData(id);
    }

    @Override
    public boolean updateData(String id, SessionData data, Instant expires) {
        return correct.updateData(id, data, expires);
    }

    @Override
    public void deleteData(String id) {
        correct.deleteData(id);
    }

    @Override
    public boolean extendData(String id, SessionData data, Instant expires) {
        return correct.extendData(id, data, expires);
    }

    @Override
    public @Nullable String rotateData(String id, SessionData data, Instant expires) {
        return correct.rotateData(id, data, expires);
    }

    @Override
    public boolean isMoved(String id) {
        return correct.isMoved(id);
    }

    @Override
    public boolean writesAreFinal() {
        return correct.writesAreFinal();
    }

    @Override
    public void ifUndone(Runnable action) {
        correct.ifUndone(action);
    }

    @Override
    public boolean isOfTransaction(RuntimeException failure) {
        return correct.isOfTransaction(failure);
    }

    @Override
    public int deleteExpired(int limit) {
        return correct.deleteExpired(limit);
    }

    @Override
    public Map<String, SessionData> findByPrincipal(String principal) {
        return correct.findByPrincipal(principal);
    }

    @Override
    public boolean deleteByHandle(String principal, String handle) {
        return correct.deleteByHandle(principal, handle);
    }

    @Override
    public int deleteByPrincipal(String principal, @Nullable String exceptHandle) {
        return correct.deleteByPrincipal(principal, exceptHandle);
    }

    /**
     * Pauses so that other threads run: a concurrency fault shows only in one interleaving, which may never occur by chance.
     */
    static void letOthersGoFirst() {
        LockSupport.parkNanos(1_000_000);
    }

    static SessionData version(SessionData data, long version) {
        return SessionData.fromJson(data.toJson(), version, data.createdAt(), data.principal(), data.expires());
    }

    static SessionData json(SessionData data, String json) {
        return SessionData.fromJson(json, data.version(), data.createdAt(), data.principal(), data.expires());
    }
}
