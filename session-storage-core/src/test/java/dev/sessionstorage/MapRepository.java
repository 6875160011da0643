package dev.sessionstorage;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Only the four callbacks, as a user would write them on top of a map. */
class MapRepository implements SessionDataRepository {

    final Map<String, SessionData> records = new ConcurrentHashMap<>();
    private final Clock clock;

    MapRepository(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String createData(SessionData data, Instant expires) {
        String id = SessionId.create();
        records.put(id, data);
        return id;
    }

    @Override
    public @Nullable SessionData readData(String id) {
        SessionData data = records.get(id);
        return data != null && clock.instant().isBefore(data.expires()) ? data : null;
    }

    @Override
    public boolean updateData(String id, SessionData data, Instant expires) {
        SessionData stored = records.get(id);
        return stored != null
                && stored.version() == data.version()
                && clock.instant().isBefore(stored.expires().plus(GRACE))
                && records.replace(id, stored, data.withExpires(expires).withNextVersion());
    }

    @Override
    public void deleteData(String id) {
        records.remove(id);
    }
}
