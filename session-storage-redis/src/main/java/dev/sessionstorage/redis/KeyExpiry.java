package dev.sessionstorage.redis;

import dev.sessionstorage.SessionDataRepository;
import java.time.Instant;
import java.util.function.LongUnaryOperator;

/**
 * Calculates when Redis drops a session's key: later than the session's expiry, because running requests may still write it.
 */
final class KeyExpiry {

    /** Redis keeps a key through the given millisecond, but a session is gone at that instant. */
    static final LongUnaryOperator MILLISECOND_BEFORE = expires -> expires - 1;

    private final LongUnaryOperator lastMilli;

    KeyExpiry(LongUnaryOperator lastMilli) {
        this.lastMilli = lastMilli;
    }

    /** The key's last millisecond, counted from the epoch. */
    long lastMilli(Instant expires) {
        return milli(expires.plus(SessionDataRepository.GRACE));
    }

    /** Whether a key with this expiry would be gone, by this node's clock. */
    boolean isGone(Instant expires) {
        return lastMilli(expires) < System.currentTimeMillis();
    }

    /** Whether a session has expired, by this node's clock. */
    boolean hasPassed(Instant expires) {
        return milli(expires) < System.currentTimeMillis();
    }

    private long milli(Instant instant) {
        return Math.max(1, lastMilli.applyAsLong(instant.toEpochMilli()));
    }
}
