package dev.sessionstorage.test;

import dev.sessionstorage.SessionData;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Stores an update even if the record does not exist. */
final class UpsertingRepository extends ForwardingRepository {

    private final Map<String, SessionData> revived = new ConcurrentHashMap<>();

    UpsertingRepository(Clock clock) {
        super(clock);
    }

    @Override
    public @Nullable SessionData readData(String id) {
        SessionData data = revived.get(id);
        return data != null ? data : super.readData(id);
    }

    @Override
    public boolean updateData(String id, SessionData data, Instant expires) {
        letOthersGoFirst();
        return super.readData(id) == null
                ? revived.put(id, data.withNextVersion()) == null
                : super.updateData(id, data, expires);
    }

    @Override
    public boolean extendData(String id, SessionData data, Instant expires) {
        return updateData(id, data.withExpires(expires), expires);
    }

    @Override
    public void deleteData(String id) {
        revived.remove(id);
        super.deleteData(id);
    }
}
