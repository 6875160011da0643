package dev.sessionstorage.redis;

import dev.sessionstorage.SessionDataRepository;
import java.time.Instant;
import java.util.function.LongUnaryOperator;

/** When Redis drops the key of a session: later than nobody may read it any more, for requests that still want to write it. */
final class KeyExpiry {

    /** Redis keeps a key through the millisecond that it is told, and a session is gone by then. */
    static final LongUnaryOperator MILLISECOND_BEFORE = expires -> expires - 1;

    private final LongUnaryOperator lastMilli;

    KeyExpiry(LongUnaryOperator lastMilli) {
        this.lastMilli = lastMilli;
    }

    /** The last millisecond of the key, of the epoch. */
    long lastMilli(Instant expires) {
        return milli(expires.plus(SessionDataRepository.GRACE));
    }

    /** Whether a key with this expiry would be gone, by this node's clock. */
    boolean isGone(Instant expires) {
        return lastMilli(expires) < System.currentTimeMillis();
    }

    /** Whether a session may not be read any more, by this node's clock. */
    boolean hasPassed(Instant expires) {
        return milli(expires) < System.currentTimeMillis();
    }

    private long milli(Instant instant) {
        return Math.max(1, lastMilli.applyAsLong(instant.toEpochMilli()));
    }
}
