package dev.sessionstorage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sessionstorage.PrincipalSessionRepository;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import dev.sessionstorage.redis.LuaScript.Answer;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.SetArgs;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataRetrievalFailureException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Keeps sessions in Redis 6.2 or newer, standalone, with Sentinel or as a cluster. Each session has one key, under the hash of
 * its id. This node's clock decides when a session has expired; Redis drops its key some minutes later, by its own clock.
 *
 * <p>Each callback is one command in one round trip. For a session with a principal, a second command in the same round trip
 * adds it to that principal's sorted set. A rotation takes two round trips: the new record is stored before the old one ends.
 *
 * <p>Any failure of Redis is a {@link org.springframework.dao.DataAccessException}. Redis can still lose an acknowledged write
 * that is not yet on disk or on a replica.
 */
public final class RedisSessionDataRepository implements PrincipalSessionRepository {

    private static final LuaScript UPDATE = new LuaScript("update.lua");
    private static final LuaScript EXTEND = new LuaScript("extend.lua");
    private static final LuaScript DELETE_OF_PRINCIPAL = new LuaScript("delete-of-principal.lua");
    /** How long a marker stays: longer than Lettuce takes to reconnect and repeat a command. */
    private static final long MARKED_MILLIS = 60_000;

    private static final int MAX_CREATIONS = 3;

    private static final byte[] PX = "PX".getBytes(UTF_8);
    private static final byte[] PXAT = "PXAT".getBytes(UTF_8);

    private static final long DELETED = 1;
    private static final long MOVED = 2;

    private final Connections connections;
    private final String keyPrefix;
    private final KeyExpiry expiry;
    private final PrincipalIndex index;
    private final Eviction eviction;
    final NearCache near;

    /**
     * Creates a repository that reads every session from Redis.
     *
     * @param factory a started {@link LettuceConnectionFactory}
     * @param keyPrefix the prefix of every key, for instance {@code session:}
     * @throws IllegalArgumentException if the factory is not Lettuce's
     */
    public RedisSessionDataRepository(RedisConnectionFactory factory, String keyPrefix) {
        this(factory, keyPrefix, 0);
    }

    /**
     * Creates a repository with a near cache: this node keeps sessions that it has just read. Redis notifies it of other nodes'
     * writes, on a connection that closes with the factory. Until the notification arrives, and for at most a second, this node
     * may read stale data.
     *
     * @param factory a started {@link LettuceConnectionFactory}
     * @param keyPrefix the prefix of every key, for instance {@code session:}
     * @param nearCacheSize the largest number of sessions to keep in memory, 0 for none
     * @throws IllegalArgumentException if the factory is not Lettuce's, the size is negative, or the client is configured for
     *     RESP2, which has no notifications
     */
    public RedisSessionDataRepository(RedisConnectionFactory factory, String keyPrefix, int nearCacheSize) {
        this(factory, keyPrefix, nearCacheSize, KeyExpiry.MILLISECOND_BEFORE);
    }

    /** For tests, whose clock stands still: they map a session's expiry to its last millisecond on Redis's clock. */
    RedisSessionDataRepository(
            RedisConnectionFactory factory, String keyPrefix, int nearCacheSize, LongUnaryOperator lastMilli) {
        if (!(factory instanceof LettuceConnectionFactory lettuce)) {
            throw new IllegalArgumentException("Sessions need Lettuce, but the connection factory is "
                    + factory.getClass().getName());
        }
        this.connections = new Connections(lettuce);
        this.keyPrefix = keyPrefix;
        this.expiry = new KeyExpiry(lastMilli);
        this.index = new PrincipalIndex(keyPrefix);
        this.eviction = new Eviction(lettuce);
        this.near = new NearCache(nearCacheSize, keyPrefix, lettuce, expiry, System::nanoTime);
    }

    @Override
    public String createData(SessionData data, Instant expires) {
        byte[] value = StoredSession.of(data, data.version(), expires);
        SetArgs ifAbsent = SetArgs.Builder.nx().pxAt(expiry.lastMilli(expires));
        return call(exchange -> {
            for (int attempt = 0; attempt < MAX_CREATIONS; attempt++) {
                String id = SessionId.create();
                String handle = SessionId.hash(id);
                Answer noted = note(exchange, handle, data, expires);
                RedisFuture<String> created = exchange.commands.set(recordKey(handle), value, ifAbsent);
                noted.await();
                // It is refused only if a connection broke and the command was sent twice. A new id is always free.
                if ("OK".equals(exchange.await(created))) {
                    return id;
                }
            }
            throw new RedisConnectionFailureException("Redis refused to store a session under a new id");
        });
    }

    @Override
    public @Nullable SessionData readData(String id) {
        String handle = SessionId.hash(id);
        SessionData stored = near.read(handle, () -> {
            byte[] value = call(exchange -> exchange.value(exchange.get(recordKey(handle))));
            return value == null ? null : StoredSession.parse(value);
        });
        return stored == null || expiry.hasPassed(stored.expires()) ? null : stored;
    }

    @Override
    public boolean updateData(String id, SessionData data, Instant expires) {
        if (expiry.isGone(expires)) {
            return end(id, data, StoredSession.ended());
        }
        byte[] stored = StoredSession.of(data, data.version() + 1, expires);
        String handle = SessionId.hash(id);
        return write(handle, (exchange, key) -> {
            Answer noted = note(exchange, handle, data, expires);
            Answer updated = UPDATE.send(
                    exchange, key, StoredSession.replaced(data), stored, PXAT, ascii(expiry.lastMilli(expires)));
            noted.await();
            return updated.hasWon();
        });
    }

    @Override
    public boolean extendData(String id, SessionData data, Instant expires) {
        byte[] replaced = StoredSession.replaced(data);
        byte[] field = StoredSession.expires(expires);
        String handle = SessionId.hash(id);
        return write(handle, (exchange, key) -> {
            Answer noted = note(exchange, handle, data, expires);
            Answer extended = EXTEND.send(exchange, key, replaced, field, ascii(expiry.lastMilli(expires)));
            noted.await();
            // A repetition is harmless: it sets the same expiry again.
            return extended.await() == 1;
        });
    }

    @Override
    public @Nullable String rotateData(String id, SessionData data, Instant expires) {
        String newId = createData(data, expires);
        if (end(id, data, StoredSession.moved())) {
            return newId;
        }
        deleteData(newId);
        return null;
    }

    @Override
    public boolean isMoved(String id) {
        byte[] value = call(exchange -> exchange.value(exchange.get(recordKey(SessionId.hash(id)))));
        return value != null && StoredSession.isMoved(value);
    }

    /** Leaves the index entry until it expires, because every lookup also reads the record. */
    @Override
    public void deleteData(String id) {
        SetArgs forAWhile = SetArgs.Builder.px(MARKED_MILLIS);
        write(SessionId.hash(id), (exchange, key) -> {
            RedisFuture<?> marked = exchange.commands.set(key, StoredSession.ended(), forAWhile);
            return exchange.hasRoomFor(marked) || exchange.await(exchange.commands.del(key)) == 1;
        });
    }

    @Override
    public Map<String, SessionData> findByPrincipal(String principal) {
        if (!PrincipalSessionRepository.isPrincipal(principal)) {
            return Map.of();
        }
        return call(exchange -> {
            Map<String, SessionData> found = new LinkedHashMap<>();
            records(exchange, index.handles(exchange, principal)).entrySet().stream()
                    .filter(entry -> principal.equals(entry.getValue().principal()))
                    .sorted(Comparator.comparing(entry -> entry.getValue().createdAt()))
                    .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
            return found;
        });
    }

    @Override
    public boolean deleteByHandle(String principal, String handle) {
        // A handle comes from a browser. Without this check it could name any key under the prefix.
        if (!SessionId.isHash(handle) || !PrincipalSessionRepository.isPrincipal(principal)) {
            return false;
        }
        return write(
                handle,
                (exchange, key) -> deleteOfPrincipal(exchange, key, principal).await() == DELETED);
    }

    /**
     * Repeats while it finds moved records. A record is stored and indexed under its new id before the old one says that it has
     * moved, so the next pass finds it.
     */
    @Override
    public int deleteByPrincipal(String principal, @Nullable String exceptHandle) {
        if (!PrincipalSessionRepository.isPrincipal(principal)) {
            return 0;
        }
        return call(exchange -> {
            Set<String> moved = new HashSet<>();
            int deleted = 0;
            int movedBefore;
            do {
                movedBefore = moved.size();
                List<String> handles = notedHandles(exchange, principal).stream()
                        .filter(handle -> !handle.equals(exceptHandle))
                        .toList();
                deleted += delete(exchange, handles, principal, moved);
            } while (moved.size() > movedBefore);
            return deleted;
        });
    }

    /** The handles in a principal's index. An empty index is trusted only if Redis has evicted no keys. */
    private List<String> notedHandles(Exchange exchange, String principal) {
        List<String> handles = index.handles(exchange, principal);
        if (handles.isEmpty() && eviction.hasHappened()) {
            throw new DataRetrievalFailureException("Redis has evicted keys, so a principal without an index may still"
                    + " have sessions: set maxmemory-policy noeviction");
        }
        return handles;
    }

    private int delete(Exchange exchange, List<String> handles, String principal, Set<String> moved) {
        try {
            List<Answer> deletions = handles.stream()
                    .map(handle -> deleteOfPrincipal(exchange, recordKey(handle), principal))
                    .toList();
            int deleted = 0;
            for (int i = 0; i < deletions.size(); i++) {
                long answer = deletions.get(i).await();
                if (answer == DELETED) {
                    deleted++;
                } else if (answer == MOVED) {
                    moved.add(handles.get(i));
                }
            }
            return deleted;
        } finally {
            handles.forEach(near::drop);
        }
    }

    /** These writes never join a transaction of the application. */
    @Override
    public boolean writesAreFinal() {
        return true;
    }

    private Map<String, SessionData> records(Exchange exchange, List<String> handles) {
        Map<String, SessionData> records = new LinkedHashMap<>();
        List<RedisFuture<byte[]>> values =
                handles.stream().map(handle -> exchange.get(recordKey(handle))).toList();
        for (int i = 0; i < values.size(); i++) {
            byte[] value = exchange.value(values.get(i));
            SessionData data = value == null ? null : StoredSession.parse(value);
            if (data != null && !expiry.hasPassed(data.expires())) {
                records.put(handles.get(i), data);
            }
        }
        return records;
    }

    /** Ends the record that the data replaces. */
    private boolean end(String id, SessionData data, byte[] mark) {
        return write(SessionId.hash(id), (exchange, key) -> UPDATE.send(
                        exchange, key, StoredSession.replaced(data), mark, PX, ascii(MARKED_MILLIS))
                .hasWon());
    }

    private Answer note(Exchange exchange, String handle, SessionData data, Instant expires) {
        return index.note(exchange, data.principal(), handle, expiry.lastMilli(expires));
    }

    private static Answer deleteOfPrincipal(Exchange exchange, byte[] key, String principal) {
        return DELETE_OF_PRINCIPAL.send(
                exchange, key, principal.getBytes(UTF_8), StoredSession.ended(), ascii(MARKED_MILLIS));
    }

    /**
     * Runs a write and then drops the session from the near cache, even if the write failed or lost, so that this node reads
     * nothing older.
     */
    private <T extends @Nullable Object> T write(String handle, BiFunction<Exchange, byte[], T> operation) {
        try {
            return call(exchange -> operation.apply(exchange, recordKey(handle)));
        } finally {
            near.drop(handle);
        }
    }

    private <T extends @Nullable Object> T call(Function<Exchange, T> operation) {
        return connections.call(operation);
    }

    private byte[] recordKey(String handle) {
        return (keyPrefix + handle).getBytes(UTF_8);
    }

    private static byte[] ascii(long number) {
        return Long.toString(number).getBytes(UTF_8);
    }

    @Override
    public String toString() {
        return "RedisSessionDataRepository[keyPrefix=" + keyPrefix + "]";
    }
}
