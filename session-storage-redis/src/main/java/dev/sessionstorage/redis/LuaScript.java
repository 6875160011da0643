package dev.sessionstorage.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.core.script.RedisScript;

/** A script that uses one key, as a cluster requires, and returns a number. */
final class LuaScript {

    private static final ByteArrayCodec CODEC = ByteArrayCodec.INSTANCE;

    private final String source;
    private final String sha1;

    LuaScript(String fileName) {
        RedisScript<Long> script = RedisScript.of(new ClassPathResource(fileName, LuaScript.class), Long.class);
        this.source = script.getScriptAsString();
        this.sha1 = script.getSha1();
    }

    /**
     * Sends a call without waiting for the reply, so that calls for different keys share one round trip.
     *
     * @return the pending reply; awaiting it sends the source to a server that does not know the script
     */
    Answer send(Exchange exchange, byte[] key, byte[]... arguments) {
        AtomicInteger runs = new AtomicInteger();
        RedisFuture<Long> bySha1 =
                exchange.commands.dispatch(CommandType.EVALSHA, new Output(runs), new Call(runs, sha1, key, arguments));
        return new Answer() {

            @Override
            public long await() {
                try {
                    return exchange.await(bySha1);
                } catch (RedisNoScriptException unknown) {
                    return exchange.await(exchange.commands.dispatch(
                            CommandType.EVAL, new Output(runs), new Call(runs, source, key, arguments)));
                }
            }

            @Override
            public boolean mayHaveRunBefore() {
                return runs.get() > 1;
            }
        };
    }

    /** The pending reply to a call. */
    interface Answer {

        long await();

        /** Whether a connection broke on the way, so that this may be the reply to a repetition. */
        default boolean mayHaveRunBefore() {
            return false;
        }

        /**
         * Whether a write succeeded. If it was sent twice and lost, the first attempt may have succeeded before another write
         * came, so the outcome is unknown and this throws.
         */
        default boolean hasWon() {
            boolean won = await() == 1;
            if (!won && mayHaveRunBefore()) {
                throw new RedisConnectionFailureException("The connection broke while a session was written");
            }
            return won;
        }
    }

    /**
     * A call's arguments. They count how often Lettuce writes them to a connection, because Redis may run the call each time.
     */
    private static final class Call extends CommandArgs<byte[], byte[]> {

        private final AtomicInteger runs;

        Call(AtomicInteger runs, String script, byte[] key, byte[]... arguments) {
            super(CODEC);
            this.runs = runs;
            add(script).add(1).addKey(key).addValues(arguments);
        }

        @Override
        public void encode(ByteBuf buffer) {
            runs.incrementAndGet();
            super.encode(buffer);
        }
    }

    /** A call's reply. An error, such as a cluster's redirection, means that Redis did not run the call. */
    private static final class Output extends IntegerOutput<byte[], byte[]> {

        private final AtomicInteger runs;

        Output(AtomicInteger runs) {
            super(CODEC);
            this.runs = runs;
        }

        @Override
        public void setError(ByteBuffer error) {
            runs.decrementAndGet();
            super.setError(error);
        }
    }
}
