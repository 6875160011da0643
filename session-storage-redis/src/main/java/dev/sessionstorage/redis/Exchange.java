package dev.sessionstorage.redis;

import io.lettuce.core.AbstractRedisAsyncCommands;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.output.ValueOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;

/**
 * Sends commands to Redis and awaits the replies. It uses Lettuce's asynchronous commands, so that several can share one round
 * trip.
 */
final class Exchange {

    private static final ByteArrayCodec CODEC = ByteArrayCodec.INSTANCE;
    private static final ProtocolKeyword GET = new MasterRead(CommandType.GET);
    private static final ProtocolKeyword ZRANGE = new MasterRead(CommandType.ZRANGE);
    private static final byte[] NO_TEXT = {};

    /** Sends each command when it is called. Its reads may go to a replica. */
    final RedisClusterAsyncCommands<byte[], byte[]> commands;

    private final long timeoutMillis;

    @SuppressWarnings("unchecked") // spring-data-redis opens Lettuce connections of bytes
    Exchange(RedisConnection connection, long timeoutMillis) {
        this.commands = (RedisClusterAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
        this.timeoutMillis = timeoutMillis;
    }

    /** Whether the connection is up: neither closed nor lost and not yet restored. */
    boolean isOpen() {
        return commands instanceof AbstractRedisAsyncCommands<?, ?> lettuces
                && lettuces.getConnection().isOpen();
    }

    /** Reads the value of a key from its master. */
    RedisFuture<byte[]> get(byte[] key) {
        return commands.dispatch(GET, new ValueOutput<>(CODEC), new CommandArgs<>(CODEC).addKey(key));
    }

    /** Reads the members of a sorted set from its master. */
    RedisFuture<List<byte[]>> members(byte[] key) {
        CommandArgs<byte[], byte[]> all =
                new CommandArgs<>(CODEC).addKey(key).add(0).add(-1);
        return commands.dispatch(ZRANGE, new ValueListOutput<>(CODEC), all);
    }

    /**
     * Waits for the reply to a command. On a timeout it cancels the command, which is then no longer sent if it is still
     * waiting for a connection.
     */
    <T extends @Nullable Object> T await(RedisFuture<T> sent) {
        return LettuceFutures.awaitOrCancel(sent, timeoutMillis, TimeUnit.MILLISECONDS);
    }

    /**
     * Waits for the value of a key. If another application keeps a list or the like there, the value is empty, and so no
     * session.
     */
    byte @Nullable [] value(RedisFuture<byte[]> sent) {
        try {
            return await(sent);
        } catch (RedisCommandExecutionException e) {
            return ifRefused("WRONGTYPE", e, NO_TEXT);
        }
    }

    /** Waits for a write; false if Redis's memory is full. A delete still works then. */
    boolean hasRoomFor(RedisFuture<?> sent) {
        try {
            await(sent);
            return true;
        } catch (RedisCommandExecutionException e) {
            return ifRefused("OOM", e, false);
        }
    }

    private static <T> T ifRefused(String code, RedisCommandExecutionException refusal, T answer) {
        if (String.valueOf(refusal.getMessage()).startsWith(code + " ")) {
            return answer;
        }
        throw refusal;
    }

    /**
     * A read that Lettuce does not recognize as one, so it goes to the master even if the application reads from replicas. A
     * replica may not know yet that a session was changed or destroyed.
     */
    private record MasterRead(CommandType type) implements ProtocolKeyword {

        @Override
        public byte[] getBytes() {
            return type.getBytes();
        }

        @Override
        public String toString() {
            return type.toString();
        }
    }
}
