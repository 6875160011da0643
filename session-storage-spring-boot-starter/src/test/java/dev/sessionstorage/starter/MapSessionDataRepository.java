package dev.sessionstorage.starter;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionId;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

class MapSessionDataRepository implements SessionDataRepository {

    private final Map<String, SessionData> map = new ConcurrentHashMap<>();
    private final Clock clock;

    MapSessionDataRepository(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String createData(SessionData data, Instant expires) {
        String id = SessionId.create();
        map.put(id, data);
        return id;
    }

    @Override
    public @Nullable SessionData readData(String id) {
        SessionData data = map.get(id);
        return data != null && clock.instant().isBefore(data.expires()) ? data : null;
    }

    @Override
    public boolean updateData(String id, SessionData data, Instant expires) {
        SessionData stored = map.get(id);
        return stored != null
                && stored.version() == data.version()
                && clock.instant().isBefore(stored.expires().plus(GRACE))
                && map.replace(id, stored, data.withExpires(expires).withNextVersion());
    }

    @Override
    public void deleteData(String id) {
        map.remove(id);
    }
}
