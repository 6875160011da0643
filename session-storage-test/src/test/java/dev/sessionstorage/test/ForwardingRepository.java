package dev.sessionstorage.test;

import dev.sessionstorage.ExpiredSessionRepository;
import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.SessionData;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A correct repository, of which a subclass breaks one thing. */
class ForwardingRepository implements ExpiredSessionRepository {

    final Clock clock;
    final ExpiredSessionRepository correct;

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
    public boolean writesAreFinal() {
        return correct.writesAreFinal();
    }

    @Override
    public int deleteExpired(int limit) {
        return correct.deleteExpired(limit);
    }
}
