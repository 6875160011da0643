package dev.sessionstorage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * When a session ends: after the idle timeout without use, and after the absolute timeout however much it is used; and when
 * its cookie does, null if not before the browser closes.
 */
record SessionTimeouts(
        Clock clock,
        Duration idle,
        Duration absolute,
        @Nullable Duration cookieAge) {

    /** A session that begins now, with nothing in it. */
    SessionData begin() {
        // Without nanoseconds, which would be cut off in copies.
        Instant now = Instant.ofEpochMilli(clock.millis());
        return SessionData.fromJson("{}", 0, now, null, now.plus(idle));
    }

    boolean hasEnded(SessionData data) {
        return !clock.instant().isBefore(earlier(data.expires(), deadline(data)));
    }

    /** Whether a session that was alive when it was read can still be written: its request may have taken long. */
    boolean canBeWritten(SessionData data) {
        return clock.instant().isBefore(earlier(data.expires().plus(SessionDataRepository.GRACE), deadline(data)));
    }

    /** When a session expires that is given a whole idle timeout now: its own one, if it has one. */
    Instant expires(@Nullable Duration own, SessionData data) {
        return expires(clock.instant(), own, data);
    }

    /**
     * When a session expires that is used now: its expiry stays what it is until more than a tenth of the idle timeout has
     * passed, since a database pays for each change of a column that has an index. The cookie is sent again with each
     * extension, so a cookie that lives for less than the idle timeout sets the pace.
     */
    Instant extended(@Nullable Duration own, SessionData data) {
        Instant now = clock.instant();
        Instant expires = expires(now, own, data);
        // Duration's own arithmetic goes through BigInteger.
        long gained = expires.toEpochMilli() - data.expires().toEpochMilli();
        long life = expires.toEpochMilli() - now.toEpochMilli();
        long shorter = own == null && cookieAge != null ? Math.min(life, cookieAge.toMillis()) : life;
        return gained < 0 || 10 * gained > shorter ? expires : data.expires();
    }

    /**
     * How long the browser is to keep the cookie, null if until it closes: as long as it was told to, but not past the absolute
     * timeout. The time is that before the commit, so that a session which began with it has all of its time before it.
     */
    @Nullable
    Duration maxAge(State state, SessionCookie cookie, Instant now) {
        Duration own = state.idleTimeout();
        Duration wanted = own != null ? own : cookie.maxAge();
        if (wanted == null) {
            return null;
        }
        Duration left = Duration.between(now.truncatedTo(ChronoUnit.MILLIS), deadline(state.data()));
        // A negative one would leave Max-Age out, and so keep the cookie until the browser closes.
        Duration capped = wanted.compareTo(left) < 0 ? wanted : left;
        return capped.isNegative() ? Duration.ZERO : capped;
    }

    private Instant expires(Instant now, @Nullable Duration own, SessionData data) {
        return earlier(now.plus(idle(own)), deadline(data));
    }

    private Duration idle(@Nullable Duration own) {
        return own != null ? own : idle;
    }

    private Instant deadline(SessionData data) {
        return data.createdAt().plus(absolute);
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
