package dev.sessionstorage;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps sessions in this JVM's memory, for development, tests and small tools. A restart ends them all, and a second node sees
 * none of them. When it is full, it evicts the least recently used session.
 */
public final class InMemorySessionDataRepository implements ExpiredSessionRepository, PrincipalSessionRepository {

    private static final int DEFAULT_CAPACITY = 100_000;
    /** Prefixes a rotated id in the key of its marker record. The marker's version is one that no update can have read. */
    private static final String MOVED = "moved:";

    private static final long NO_VERSION = -1;

    private final Clock clock;
    private final Map<String, SessionData> records;

    /** Keeps up to 100,000 sessions and uses the system's clock. */
    public InMemorySessionDataRepository() {
        this(Clock.systemUTC(), DEFAULT_CAPACITY);
    }

    /**
     * Keeps up to {@code capacity} sessions and uses the given clock.
     *
     * @param clock the clock that decides what has expired
     * @param capacity the largest number of sessions to keep, at least 1
     */
    public InMemorySessionDataRepository(Clock clock, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("The capacity " + capacity + " is less than 1");
        }
        this.clock = clock;
        this.records = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, SessionData> eldest) {
                return size() > capacity;
            }
        };
    }

    @Override
    public synchronized String createData(SessionData data, Instant expires) {
        String id = SessionId.create();
        records.put(id, data.withExpires(expires));
        return id;
    }

    @Override
    public synchronized @Nullable SessionData readData(String id) {
        SessionData stored = records.get(id);
        return stored == null || stored.version() == NO_VERSION || hasExpired(stored) ? null : stored;
    }

    @Override
    public synchronized boolean updateData(String id, SessionData data, Instant expires) {
        if (!isStored(id, data.version())) {
            return false;
        }
        records.put(id, data.withExpires(expires).withNextVersion());
        return true;
    }

    @Override
    public synchronized void deleteData(String id) {
        records.remove(id);
    }

    @Override
    public synchronized @Nullable String rotateData(String id, SessionData data, Instant expires) {
        if (!isStored(id, data.version())) {
            return null;
        }
        records.remove(id);
        Instant now = clock.instant();
        records.put(MOVED + id, SessionData.fromJson("{}", NO_VERSION, now, null, now.plus(MOVED_FOR)));
        return createData(data, expires);
    }

    @Override
    public synchronized boolean isMoved(String id) {
        SessionData moved = records.get(MOVED + id);
        return moved != null && !hasExpired(moved);
    }

    @Override
    public synchronized int deleteExpired(int limit) {
        int deleted = 0;
        Iterator<SessionData> all = records.values().iterator();
        while (deleted < limit && all.hasNext()) {
            if (hasPassed(all.next().expires().plus(MARGIN))) {
                all.remove();
                deleted++;
            }
        }
        return deleted;
    }

    @Override
    public synchronized Map<String, SessionData> findByPrincipal(String principal) {
        Map<String, SessionData> found = new LinkedHashMap<>();
        records.entrySet().stream()
                .filter(entry -> belongsTo(entry.getValue(), principal) && !hasExpired(entry.getValue()))
                .sorted(Comparator.comparing(entry -> entry.getValue().createdAt()))
                .forEach(entry -> found.put(SessionId.hash(entry.getKey()), entry.getValue()));
        return found;
    }

    @Override
    public synchronized boolean deleteByHandle(String principal, String handle) {
        return records.entrySet()
                .removeIf(entry -> belongsTo(entry.getValue(), principal)
                        && SessionId.hash(entry.getKey()).equals(handle));
    }

    @Override
    public synchronized int deleteByPrincipal(String principal, @Nullable String exceptHandle) {
        int before = records.size();
        records.entrySet()
                .removeIf(entry -> belongsTo(entry.getValue(), principal)
                        && !SessionId.hash(entry.getKey()).equals(exceptHandle));
        return before - records.size();
    }

    @Override
    public boolean writesAreFinal() {
        return true;
    }

    private boolean belongsTo(SessionData stored, String principal) {
        return principal.equals(stored.principal()) && isWritable(stored);
    }

    private boolean isStored(String id, long version) {
        SessionData stored = records.get(id);
        return stored != null && version != NO_VERSION && stored.version() == version && isWritable(stored);
    }

    private boolean isWritable(SessionData stored) {
        return !hasPassed(stored.expires().plus(GRACE));
    }

    private boolean hasExpired(SessionData stored) {
        return hasPassed(stored.expires());
    }

    private boolean hasPassed(Instant instant) {
        return !clock.instant().isBefore(instant);
    }

    @Override
    public String toString() {
        return "InMemorySessionDataRepository";
    }
}
