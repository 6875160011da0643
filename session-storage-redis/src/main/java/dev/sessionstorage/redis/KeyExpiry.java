package dev.sessionstorage.redis;

import java.time.Instant;
import java.util.function.LongUnaryOperator;

/** When Redis drops the key of a session. */
final class KeyExpiry {

    /** Redis keeps a key through the millisecond that it is told, and a session is gone by then. */
    static final LongUnaryOperator MILLISECOND_BEFORE = expires -> expires - 1;

    private final LongUnaryOperator lastMilli;

    KeyExpiry(LongUnaryOperator lastMilli) {
        this.lastMilli = lastMilli;
    }

    /** The last millisecond, of the epoch. */
    long lastMilli(Instant expires) {
        return Math.max(1, lastMilli.applyAsLong(expires.toEpochMilli()));
    }

    /** Whether it has passed, by this node's clock. */
    boolean hasPassed(Instant expires) {
        return lastMilli(expires) < System.currentTimeMillis();
    }
}
