package dev.sessionstorage.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.connection.lettuce.LettuceExceptionConverter;
import org.springframework.data.redis.core.script.RedisScript;

/** A script that touches one key, as a cluster wants it, and answers with a number. */
final class LuaScript {

    private static final LettuceExceptionConverter EXCEPTIONS = new LettuceExceptionConverter();

    /** The answer to a call that is under way. */
    interface Answer {
        long await();
    }

    private final byte[] source;
    private final String sha1;

    LuaScript(String fileName) {
        RedisScript<Long> script = RedisScript.of(new ClassPathResource(fileName, LuaScript.class), Long.class);
        this.source = script.getScriptAsString().getBytes(StandardCharsets.UTF_8);
        this.sha1 = script.getSha1();
    }

    /**
     * Sends a call at once and doesn't wait for the answer, so that calls to different keys share one round trip.
     *
     * @return waits for the answer; a server that does not know the script gets its source then
     */
    Answer send(
            RedisClusterAsyncCommands<byte[], byte[]> commands, long timeoutMillis, byte[] key, byte[]... arguments) {
        byte[][] keys = {key};
        RedisFuture<Long> bySha1 = commands.evalsha(sha1, ScriptOutputType.INTEGER, keys, arguments);
        return () -> {
            try {
                return await(bySha1, timeoutMillis);
            } catch (RedisNoScriptException unknown) {
                return await(commands.eval(source, ScriptOutputType.INTEGER, keys, arguments), timeoutMillis);
            }
        };
    }

    private static long await(RedisFuture<Long> answer, long timeoutMillis) {
        try {
            return answer.get(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RedisNoScriptException unknown) {
                throw unknown;
            }
            DataAccessException translated = EXCEPTIONS.convert(e);
            throw translated != null ? translated : new RedisSystemException("Redis refused a script", e);
        } catch (TimeoutException e) {
            throw new QueryTimeoutException("Redis did not answer within " + timeoutMillis + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedisSystemException("Interrupted while Redis ran a script", e);
        }
    }
}
