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

    /** The answer to a call that is under way. */
    interface Answer {

        long await();

        /** Whether a connection broke on the way, so that the answer may be that to a repetition. */
        default boolean mayHaveRunBefore() {
            return false;
        }

        /** A write that was sent twice and lost may have won the first time, before another one came: nobody can know. */
        default boolean hasWon() {
            boolean won = await() == 1;
            if (!won && mayHaveRunBefore()) {
                throw new RedisConnectionFailureException("The connection broke while a session was written");
            }
            return won;
        }
    }

    /** A call's arguments, which Redis may run as often as Lettuce writes them to a connection. */
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

    /** A call's answer. One that is an error, such as a cluster's redirection, says that Redis did not run the call. */
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
