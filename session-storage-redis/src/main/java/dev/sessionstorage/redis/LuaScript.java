package dev.sessionstorage.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.netty.buffer.ByteBuf;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.core.script.RedisScript;

/** A script that touches one key, as a cluster wants it, and answers with a number. */
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
     * Sends a call at once and doesn't wait for the answer, so that calls to different keys share one round trip.
     *
     * @return waits for the answer; a server that does not know the script gets its source then
     */
    Answer send(Exchange exchange, byte[] key, byte[]... arguments) {
        Call bySha1 = new Call(sha1, key, arguments);
        RedisFuture<Long> sent = exchange.commands.dispatch(CommandType.EVALSHA, new IntegerOutput<>(CODEC), bySha1);
        return new Answer() {

            private Call call = bySha1;

            @Override
            public long await() {
                try {
                    return exchange.await(sent);
                } catch (RedisNoScriptException unknown) {
                    call = new Call(source, key, arguments);
                    return exchange.await(
                            exchange.commands.dispatch(CommandType.EVAL, new IntegerOutput<>(CODEC), call));
                }
            }

            @Override
            public boolean wasSentAgain() {
                return call.timesWritten > 1;
            }
        };
    }

    /** The answer to a call that is under way. */
    interface Answer {

        long await();

        /** Whether the connection broke on the way, so that the answer may be that to a repetition. */
        default boolean wasSentAgain() {
            return false;
        }

        /** A write that was sent twice and lost may have won the first time, before another one came: nobody can know. */
        default boolean hasWon() {
            boolean won = await() == 1;
            if (!won && wasSentAgain()) {
                throw new RedisConnectionFailureException("The connection broke while a session was written");
            }
            return won;
        }
    }

    /** A call's arguments, which know how often Lettuce wrote them to a connection. */
    private static final class Call extends CommandArgs<byte[], byte[]> {

        private volatile int timesWritten;

        Call(String script, byte[] key, byte[]... arguments) {
            super(CODEC);
            add(script).add(1).addKey(key).addValues(arguments);
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time writes a command
        public void encode(ByteBuf buffer) {
            timesWritten++;
            super.encode(buffer);
        }
    }
}
