package dev.sessionstorage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sessionstorage.SessionId;
import dev.sessionstorage.redis.LuaScript.Answer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which sessions may belong to a principal: a sorted set for each, of handles by the last millisecond of their sessions. */
final class PrincipalIndex {

    private static final LuaScript NOTE = new LuaScript("index.lua");

    private final String keyPrefix;

    PrincipalIndex(String keyPrefix) {
        this.keyPrefix = keyPrefix + "principal:";
    }

    /** Sent before the record is, so that no record of a principal goes without its note; one that is too many does no harm. */
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
