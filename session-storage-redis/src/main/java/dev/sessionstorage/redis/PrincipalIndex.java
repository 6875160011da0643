package dev.sessionstorage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sessionstorage.SessionId;
import dev.sessionstorage.redis.LuaScript.Answer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Indexes the sessions that may belong to a principal: one sorted set each, of handles scored by the last millisecond of their
 * keys.
 */
final class PrincipalIndex {

    private static final LuaScript NOTE = new LuaScript("index.lua");

    private final String keyPrefix;

    PrincipalIndex(String keyPrefix) {
        this.keyPrefix = keyPrefix + "principal:";
    }

    /**
     * Adds an entry to the index. It is sent before the record, so that no record lacks an entry; a surplus entry does no harm.
     */
    Answer note(Exchange exchange, @Nullable String principal, String handle, long lastMilli) {
        if (principal == null) {
            return () -> 0;
        }
        return NOTE.send(exchange, key(principal), Long.toString(lastMilli).getBytes(UTF_8), handle.getBytes(UTF_8));
    }

    List<String> handles(Exchange exchange, String principal) {
        return exchange.await(exchange.members(key(principal))).stream()
                .map(handle -> new String(handle, UTF_8))
                .toList();
    }

    private byte[] key(String principal) {
        return (keyPrefix + SessionId.hash(principal)).getBytes(UTF_8);
    }
}
