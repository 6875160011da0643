package dev.sessionstorage.test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands still until it is told to advance. It starts at an instant in whole milliseconds, the same for every
 * clock, so far in the future that nothing which goes by real time takes a test's records for expired. Safe for use by many
 * threads.
 */
public final class MutableClock extends Clock {

    private static final Instant START = Instant.parse("2100-01-02T03:04:05.678Z");

    private final AtomicLong nanosSinceStart;
    private final ZoneId zone;

    /** A clock in UTC. */
    public MutableClock() {
        this(new AtomicLong(), ZoneOffset.UTC);
    }

    private MutableClock(AtomicLong nanosSinceStart, ZoneId zone) {
        this.nanosSinceStart = nanosSinceStart;
        this.zone = zone;
    }

    /**
     * Moves the clock.
     *
     * @param duration how far; a negative one moves it back
     */
    public void advance(Duration duration) {
        nanosSinceStart.addAndGet(duration.toNanos());
    }

    @Override
    public Instant instant() {
        return START.plusNanos(nanosSinceStart.get());
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    /** The same clock, seen from another zone: advancing one advances both. */
    @Override
    public MutableClock withZone(ZoneId newZone) {
        return new MutableClock(nanosSinceStart, newZone);
    }

    @Override
    public String toString() {
        return "MutableClock[" + instant() + "]";
    }
}
