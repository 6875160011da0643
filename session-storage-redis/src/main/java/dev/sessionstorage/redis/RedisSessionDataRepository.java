package dev.sessionstorage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sessionstorage.PrincipalSessionRepository;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import dev.sessionstorage.redis.LuaScript.Answer;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStringCommands.SetOption;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.types.Expiration;

/**
 * Keeps sessions in Redis 6.2 or newer, alone, with Sentinel or as a cluster: one key per session under the hash of its id,
 * which Redis itself drops when it has expired, by Redis's own clock.
 *
 * <p>Each of the callbacks is one command in one round trip. A session with a principal is noted in a sorted set of that
 * principal as well, by a second command in the same round trip. A rotation takes two round trips: the new record is there
 * before the old one goes.
 *
 * <p>Any failure of Redis is a {@link org.springframework.dao.DataAccessException}. What Redis has acknowledged can still be
 * lost where it is not yet on the disk or on a replica.
 */
public final class RedisSessionDataRepository implements PrincipalSessionRepository {

    private static final LuaScript UPDATE = new LuaScript("update.lua");
    private static final LuaScript EXTEND = new LuaScript("extend.lua");
    private static final LuaScript DELETE_OF_PRINCIPAL = new LuaScript("delete-of-principal.lua");
    private static final LuaScript INDEX = new LuaScript("index.lua");
    /** Longer than Lettuce takes to connect again and to repeat a command. */
    private static final long ENDED_MILLIS = 60_000;

    private static final Pattern HANDLE = Pattern.compile("[A-Za-z0-9_-]{43}");

    private final LettuceConnectionFactory factory;
    private final String keyPrefix;
    private final KeyExpiry expiry;
    final NearCache near;

    /**
     * Sessions under a prefix, each read from Redis.
     *
     * @param factory a started {@link LettuceConnectionFactory}
     * @param keyPrefix what every key begins with, for instance {@code session:}
     * @throws IllegalArgumentException if the factory is not Lettuce's
     */
    public RedisSessionDataRepository(RedisConnectionFactory factory, String keyPrefix) {
        this(factory, keyPrefix, 0);
    }

    /**
     * Sessions under a prefix, of which this node keeps some that it has just read. Redis tells it of writes by others, on a
     * connection that ends with the factory; until it has, and for a second at most, this node may read what was before.
     *
     * @param factory a started {@link LettuceConnectionFactory}
     * @param keyPrefix what every key begins with, for instance {@code session:}
     * @param nearCacheSize how many sessions are kept in memory, 0 for none
     * @throws IllegalArgumentException if the factory is not Lettuce's, the size is negative, or the client is to speak
     *     RESP2, in which Redis tells nothing
     */
    public RedisSessionDataRepository(RedisConnectionFactory factory, String keyPrefix, int nearCacheSize) {
        this(factory, keyPrefix, nearCacheSize, KeyExpiry.MILLISECOND_BEFORE);
    }

    /** Tests, whose clock stands still, say themselves which is the last millisecond of a session on Redis's clock. */
    RedisSessionDataRepository(
            RedisConnectionFactory factory, String keyPrefix, int nearCacheSize, LongUnaryOperator lastMilli) {
        if (!(factory instanceof LettuceConnectionFactory lettuce)) {
            throw new IllegalArgumentException("Sessions need Lettuce, but the connection factory is "
                    + factory.getClass().getName());
        }
        this.factory = lettuce;
        this.keyPrefix = keyPrefix;
        this.expiry = new KeyExpiry(lastMilli);
        this.near = new NearCache(nearCacheSize, keyPrefix, lettuce, expiry, System::nanoTime);
    }

    @Override
    public String createData(SessionData data, Instant expires) {
        byte[] value = StoredSession.of(data, data.version(), expires).value;
        Expiration expiration = Expiration.unixTimestamp(expiry.lastMilli(expires), TimeUnit.MILLISECONDS);
        return call(connection -> {
            while (true) {
                String id = SessionId.create();
                Answer noted = note(connection, id, data, expires);
                Boolean created = setIfAbsent(connection, recordKey(SessionId.hash(id)), value, expiration);
                noted.await();
                // It is false only if a connection broke and the command was sent twice: another id is always free.
                if (Boolean.TRUE.equals(created)) {
                    return id;
                }
            }
        });
    }

    @Override
    public @Nullable SessionData readData(String id) {
        String handle = SessionId.hash(id);
        return near.read(handle, () -> {
            byte[] value = call(connection -> connection.stringCommands().get(recordKey(handle)));
            return value == null ? null : StoredSession.parse(value);
        });
    }

    @Override
    public boolean updateData(String id, SessionData data, Instant expires) {
        if (expiry.hasPassed(expires)) {
            return end(id, data.version());
        }
        StoredSession stored = StoredSession.of(data, data.version() + 1, expires);
        return changes(
                UPDATE,
                id,
                data,
                expires,
                ascii(data.version()),
                stored.value,
                ascii(expiry.lastMilli(expires)),
                stored.versionAndMark);
    }

    @Override
    public boolean extendData(String id, SessionData data, Instant expires) {
        byte[] field = StoredSession.expires(expires).getBytes(UTF_8);
        return changes(EXTEND, id, data, expires, ascii(data.version()), field, ascii(expiry.lastMilli(expires)));
    }

    @Override
    public @Nullable String rotateData(String id, SessionData data, Instant expires) {
        String newId = createData(data, expires);
        if (end(id, data.version())) {
            return newId;
        }
        deleteData(newId);
        return null;
    }

    /** Leaves the note under the principal to its expiry: who looks there looks at the record too. */
    @Override
    public void deleteData(String id) {
        write(SessionId.hash(id), (connection, key) -> connection.keyCommands().del(key));
    }

    @Override
    public Map<String, SessionData> findByPrincipal(String principal) {
        return call(connection -> {
            List<String> handles = handles(connection, principal);
            Map<String, SessionData> found = new LinkedHashMap<>();
            values(connection, handles).entrySet().stream()
                    .filter(entry -> principal.equals(entry.getValue().principal()))
                    .sorted(Comparator.comparing(entry -> entry.getValue().createdAt()))
                    .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
            return found;
        });
    }

    @Override
    public boolean deleteByHandle(String principal, String handle) {
        // A handle comes from a browser: without this it could name any key under the prefix.
        if (!HANDLE.matcher(handle).matches()) {
            return false;
        }
        return write(
                handle,
                (connection, key) ->
                        deleteOfPrincipal(connection, key, principal).await() == 1);
    }

    @Override
    public int deleteByPrincipal(String principal, @Nullable String exceptHandle) {
        return call(connection -> {
            List<Answer> deletions = new ArrayList<>();
            List<String> handles = handles(connection, principal);
            try {
                for (String handle : handles) {
                    if (!handle.equals(exceptHandle)) {
                        deletions.add(deleteOfPrincipal(connection, recordKey(handle), principal));
                    }
                }
                return Math.toIntExact(
                        deletions.stream().mapToLong(Answer::await).sum());
            } finally {
                handles.forEach(near::drop);
            }
        });
    }

    /** No transaction of the application takes in what is sent here. */
    @Override
    public boolean writesAreFinal() {
        return true;
    }

    @SuppressWarnings("deprecation") // its successor came with Spring Data Redis 4.1, and this works with 4.0 too
    private static @Nullable Boolean setIfAbsent(
            RedisConnection connection, byte[] key, byte[] value, Expiration expiration) {
        return connection.stringCommands().set(key, value, expiration, SetOption.ifAbsent());
    }

    private Map<String, SessionData> values(RedisConnection connection, List<String> handles) {
        Map<String, SessionData> values = new LinkedHashMap<>();
        if (handles.isEmpty()) {
            return values;
        }
        List<byte[]> read = connection
                .stringCommands()
                .mGet(handles.stream().map(this::recordKey).toArray(byte[][]::new));
        for (int i = 0; read != null && i < handles.size(); i++) {
            byte[] value = read.get(i);
            SessionData data = value == null ? null : StoredSession.parse(value);
            if (data != null) {
                values.put(handles.get(i), data);
            }
        }
        return values;
    }

    private List<String> handles(RedisConnection connection, String principal) {
        return connection.zSetCommands().zRange(principalKey(principal), 0, -1).stream()
                .map(handle -> new String(handle, UTF_8))
                .toList();
    }

    /** Runs a compare-and-set, and keeps the principal's index ahead of it. */
    private boolean changes(LuaScript script, String id, SessionData data, Instant expires, byte[]... arguments) {
        return write(SessionId.hash(id), (connection, key) -> {
            Answer noted = note(connection, id, data, expires);
            Answer changed = send(connection, script, key, arguments);
            noted.await();
            // An extension that is sent twice moves the same expiry twice.
            return script == EXTEND ? changed.await() == 1 : changed.hasWon();
        });
    }

    /** Ends a record that has a version. */
    private boolean end(String id, long version) {
        StoredSession ended = StoredSession.ended();
        long until = System.currentTimeMillis() + ENDED_MILLIS;
        byte[][] arguments = {ascii(version), ended.value, ascii(until), ended.versionAndMark};
        return write(SessionId.hash(id), (connection, key) -> send(connection, UPDATE, key, arguments)
                .hasWon());
    }

    /** Sent before the record is, so that no record of a principal goes without its note; one that is too many does no harm. */
    private Answer note(RedisConnection connection, String id, SessionData data, Instant expires) {
        String principal = data.principal();
        if (principal == null) {
            return () -> 0;
        }
        byte[] handle = SessionId.hash(id).getBytes(UTF_8);
        return send(connection, INDEX, principalKey(principal), ascii(expiry.lastMilli(expires)), handle);
    }

    private Answer deleteOfPrincipal(RedisConnection connection, byte[] key, String principal) {
        return send(connection, DELETE_OF_PRINCIPAL, key, principal.getBytes(UTF_8));
    }

    @SuppressWarnings("unchecked") // Lettuce's connections of spring-data-redis are of bytes
    private Answer send(RedisConnection connection, LuaScript script, byte[] key, byte[]... arguments) {
        RedisClusterAsyncCommands<byte[], byte[]> commands =
                (RedisClusterAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
        return script.send(commands, factory.getTimeout(), key, arguments);
    }

    /** After a write, even one that failed or lost, this node reads nothing that is older. */
    private <T extends @Nullable Object> T write(String handle, BiFunction<RedisConnection, byte[], T> operation) {
        try {
            return call(connection -> operation.apply(connection, recordKey(handle)));
        } finally {
            near.drop(handle);
        }
    }

    private <T extends @Nullable Object> T call(Function<RedisConnection, T> operation) {
        try (RedisConnection connection = factory.getConnection()) {
            return operation.apply(connection);
        }
    }

    private byte[] recordKey(String handle) {
        return (keyPrefix + handle).getBytes(UTF_8);
    }

    private byte[] principalKey(String principal) {
        return (keyPrefix + "principal:" + SessionId.hash(principal)).getBytes(UTF_8);
    }

    private static byte[] ascii(long number) {
        return Long.toString(number).getBytes(UTF_8);
    }
}
