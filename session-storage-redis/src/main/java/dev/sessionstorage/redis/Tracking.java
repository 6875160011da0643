package dev.sessionstorage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.push.PushListener;
import io.lettuce.core.api.push.PushMessage;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The connections, one to each master, on which Redis reports which keys under a prefix were written ({@code CLIENT TRACKING}).
 * They serve nothing else. When the first one breaks, all are closed, and the cache requests new ones.
 */
final class Tracking implements PushListener, RedisConnectionStateListener {

    private static final long BETWEEN_PINGS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final NearCache cache;
    private final String keyPrefix;
    private final StatefulConnection<byte[], byte[]> connection;
    private final Supplier<Set<String>> masterIds;
    private final Map<String, StatefulRedisConnection<byte[], byte[]>> masters = new HashMap<>();
    private final AtomicLong pinged = new AtomicLong();
    private volatile Future<?> pong = CompletableFuture.completedFuture("PONG");
    private volatile boolean ended;

    private Tracking(
            NearCache cache,
            String keyPrefix,
            StatefulConnection<byte[], byte[]> connection,
            Supplier<Set<String>> masterIds) {
        this.cache = cache;
        this.keyPrefix = keyPrefix;
        this.connection = connection;
        this.masterIds = masterIds;
    }

    /** Connects, and turns the cache on when every master has enabled tracking. */
    static void start(AbstractRedisClient client, String keyPrefix, NearCache cache, long now) {
        if (client instanceof RedisClusterClient cluster) {
            StatefulRedisClusterConnection<byte[], byte[]> whole = cluster.connect(ByteArrayCodec.INSTANCE);
            new Tracking(cache, keyPrefix, whole, () -> masterIds(whole)).begin(whole::getConnection, now);
        } else {
            StatefulRedisConnection<byte[], byte[]> master = ((RedisClient) client).connect(ByteArrayCodec.INSTANCE);
            new Tracking(cache, keyPrefix, master, () -> Set.of("master")).begin(id -> master, now);
        }
    }

    private static Set<String> masterIds(StatefulRedisClusterConnection<?, ?> cluster) {
        return cluster.getPartitions().stream()
                .filter(node -> node.is(RedisClusterNode.NodeFlag.UPSTREAM) && !node.hasNoSlots())
                .map(RedisClusterNode::getNodeId)
                .collect(Collectors.toSet());
    }

    private void begin(Function<String, StatefulRedisConnection<byte[], byte[]>> connections, long now) {
        pinged.set(now);
        try {
            masterIds.get().forEach(id -> masters.put(id, connections.apply(id)));
            masters.values().forEach(this::ask);
            cache.begin(this);
        } catch (RuntimeException e) {
            end();
            throw e;
        }
    }

    private void ask(StatefulRedisConnection<byte[], byte[]> master) {
        master.addListener((PushListener) this);
        master.addListener((RedisConnectionStateListener) this);
        master.sync().clientTracking(TrackingArgs.Builder.enabled().bcast().prefixes(UTF_8, keyPrefix));
    }

    boolean hasEnded() {
        return ended;
    }

    /** Pings each master about once a second, because a connection can die silently. */
    void check(long now) {
        long last = pinged.get();
        if (now - last >= BETWEEN_PINGS_NANOS && pinged.compareAndSet(last, now)) {
            try {
                ping();
            } catch (RuntimeException e) {
                end();
            }
        }
    }

    private void ping() {
        if (!pong.isDone() || !masterIds.get().equals(masters.keySet())) {
            end();
            return;
        }
        pong = CompletableFuture.allOf(masters.values().stream()
                .map(master -> master.async().ping().toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    @Override
    public void onPushMessage(PushMessage message) {
        if (message.getType().equals("invalidate")) {
            // Without keys the message means that Redis was flushed.
            if (message.getContent(StringCodec.UTF8::decodeKey).get(1) instanceof List<?> keys) {
                keys.forEach(key -> written(String.valueOf(key)));
            } else {
                cache.dropAll();
            }
        }
    }

    private void written(String key) {
        if (key.startsWith(keyPrefix)) {
            cache.drop(key.substring(keyPrefix.length()));
        }
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> broken) {
        end();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the close need not be awaited
    private void end() {
        ended = true;
        cache.end(this);
        connection.closeAsync();
    }
}
