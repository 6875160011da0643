package dev.sessionstorage.redis;

import dev.sessionstorage.SessionData;
import io.lettuce.core.protocol.ProtocolVersion;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Keeps what this node has read within the last second, so that a hot session is read without a round trip. Redis reports which
 * sessions were written (client-side caching); without a connection for that, nothing is kept.
 *
 * <p>An entry is added before its read is sent, and represents that read: other threads wait for the same reply. A write
 * reported meanwhile drops the entry, so a later thread never finds a reply from before that write.
 */
final class NearCache {

    /** Bounds the staleness of a read if Redis cannot report writes: on a silently dead connection, or in a split brain. */
    static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Log LOG = LogFactory.getLog(RedisSessionDataRepository.class);
    private static final long BETWEEN_ATTEMPTS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int size;
    private final String keyPrefix;
    private final LettuceConnectionFactory factory;
    private final KeyExpiry expiry;
    private final LongSupplier nanoTime;

    /** In LRU order: the least recently used come first. */
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    private volatile @Nullable Tracking tracking;
    private boolean connecting;
    private long lastAttempt;
    private boolean warned;

    /** A read, in progress or done. */
    private static final class Entry {
        final long since;
        final CompletableFuture<@Nullable SessionData> read = new CompletableFuture<>();

        Entry(long since) {
            this.since = since;
        }
    }

    /**
     * Creates an empty cache that is off. The first read connects it.
     *
     * @param size the largest number of sessions to keep, 0 for none
     * @param keyPrefix the prefix of a session's handle in its key
     * @param factory provides the client that connects
     * @param expiry decides whether a session has expired
     * @param nanoTime the clock for the age of entries, in nanoseconds
     */
    NearCache(int size, String keyPrefix, LettuceConnectionFactory factory, KeyExpiry expiry, LongSupplier nanoTime) {
        if (size < 0) {
            throw new IllegalArgumentException("The size " + size + " of the near cache is negative");
        }
        if (size > 0
                && factory.getClientConfiguration().getClientOptions().stream()
                        .anyMatch(options -> options.getConfiguredProtocolVersion() == ProtocolVersion.RESP2)) {
            throw new IllegalArgumentException("The near cache needs RESP3, but the client is configured for RESP2");
        }
        this.size = size;
        this.keyPrefix = keyPrefix;
        this.factory = factory;
        this.expiry = expiry;
        this.nanoTime = nanoTime;
        this.lastAttempt = nanoTime.getAsLong() - BETWEEN_ATTEMPTS_NANOS;
    }

    @Nullable
    SessionData read(String handle, Supplier<@Nullable SessionData> fromRedis) {
        if (size == 0) {
            return fromRedis.get();
        }
        Entry own = new Entry(nanoTime.getAsLong());
        checkTracking(own.since);
        Entry used = enter(handle, own);
        if (used == null) {
            return fromRedis.get();
        }
        if (used == own) {
            return read(handle, own, fromRedis);
        }
        try {
            return used.read.join();
        } catch (CompletionException failedForAnother) {
            return fromRedis.get();
        }
    }

    /**
     * Drops a session after each write of this node, successful or refused, so that a later read here is no older than the
     * write.
     */
    void drop(String handle) {
        // Without a cache, threads should not contend for its lock.
        if (size > 0) {
            synchronized (this) {
                entries.remove(handle);
            }
        }
    }

    synchronized void dropAll() {
        entries.clear();
    }

    boolean isOn() {
        return tracking != null;
    }

    /** Turns the cache on, unless the connection has broken already. */
    synchronized void begin(Tracking begun) {
        if (!begun.hasEnded()) {
            tracking = begun;
            warned = false;
        }
    }

    synchronized void end(Tracking ended) {
        if (tracking == ended) {
            tracking = null;
            entries.clear();
        }
    }

    /** The entry to use: a cached one, else the caller's own; null if nothing may be kept. */
    private synchronized @Nullable Entry enter(String handle, Entry own) {
        Entry found = entries.get(handle);
        if (found != null && isUsable(found, own.since)) {
            return found;
        }
        if (tracking == null) {
            connectIfDue(own.since);
            return null;
        }
        entries.put(handle, own);
        if (entries.size() > size) {
            Iterator<Entry> eldest = entries.values().iterator();
            eldest.next();
            eldest.remove();
        }
        return own;
    }

    private boolean isUsable(Entry entry, long now) {
        if (now - entry.since >= MAX_AGE_NANOS) {
            return false;
        }
        if (!entry.read.isDone()) {
            return true;
        }
        SessionData data = entry.read.join();
        return data != null && !expiry.hasPassed(data.expires());
    }

    /** Checks the connection, outside the lock because it sends a command. */
    private void checkTracking(long now) {
        Tracking current = tracking;
        if (current != null) {
            current.check(now);
        }
    }

    private @Nullable SessionData read(String handle, Entry own, Supplier<@Nullable SessionData> fromRedis) {
        try {
            SessionData data = fromRedis.get();
            if (data == null) {
                forget(handle, own);
            }
            own.read.complete(data);
            return data;
        } catch (RuntimeException | Error e) {
            forget(handle, own);
            own.read.completeExceptionally(e);
            throw e;
        }
    }

    private synchronized void forget(String handle, Entry own) {
        entries.remove(handle, own);
    }

    /** Connects in a separate thread, because no read should wait for it. */
    private void connectIfDue(long now) {
        if (!connecting && now - lastAttempt >= BETWEEN_ATTEMPTS_NANOS) {
            connecting = true;
            Thread thread = new Thread(this::connect, "session-near-cache");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void connect() {
        try {
            Tracking.start(factory.getRequiredNativeClient(), keyPrefix, this, nanoTime.getAsLong());
            attempted(null);
        } catch (RuntimeException e) {
            attempted(e);
        }
    }

    private synchronized void attempted(@Nullable RuntimeException failure) {
        connecting = false;
        lastAttempt = nanoTime.getAsLong();
        if (failure != null && !warned) {
            warned = true;
            LOG.warn("The near cache of sessions is off, since Redis cannot report writes: " + failure.getMessage());
        }
    }
}
