package dev.sessionstorage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until a test advances it. */
final class TestClock extends Clock {

    private static final Instant START = Instant.parse("2026-01-02T03:04:05.678Z");

    private final AtomicLong nanosSinceStart = new AtomicLong();

    void advance(Duration duration) {
        nanosSinceStart.addAndGet(duration.toNanos());
    }

    @Override
    public Instant instant() {
        return START.plusNanos(nanosSinceStart.get());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
    }
}
