package dev.sessionstorage.test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands still until a test advances it. It starts at an instant in whole milliseconds, the same for every clock.
 * This is so far in the future that code which uses the real time does not expire a test's records. Safe for use by many
 * threads.
 */
public final class MutableClock extends Clock {

    private static final Instant START = Instant.parse("2100-01-02T03:04:05.678Z");

    private final AtomicLong nanosSinceStart;
    private final ZoneId zone;

    /** Creates a clock in UTC. */
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

    /** Returns the same clock in another zone: advancing one advances both. */
    @Override
    public MutableClock withZone(ZoneId newZone) {
        return new MutableClock(nanosSinceStart, newZone);
    }

    @Override
    public String toString() {
        return "MutableClock[" + instant() + "]";
    }
}
