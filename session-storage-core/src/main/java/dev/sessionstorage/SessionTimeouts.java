package dev.sessionstorage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a session and its cookie end. A session ends after the idle timeout without use, and after the absolute timeout
 * in any case. A null {@code cookieAge} keeps the cookie until the browser closes.
 */
record SessionTimeouts(
        Clock clock,
        Duration idle,
        Duration absolute,
        @Nullable Duration cookieAge) {

    /** The data of an empty session that begins now. */
    SessionData begin() {
        // In milliseconds, because copies drop the rest.
        Instant now = Instant.ofEpochMilli(clock.millis());
        return SessionData.fromJson("{}", 0, now, null, now.plus(idle));
    }

    boolean hasEnded(SessionData data) {
        return !clock.instant().isBefore(earlier(data.expires(), deadline(data)));
    }

    /**
     * Whether a session that was alive when it was read can still be written. Its request may have taken long, so it has a
     * grace period.
     */
    boolean canBeWritten(SessionData data) {
        return clock.instant().isBefore(earlier(data.expires().plus(SessionDataRepository.GRACE), deadline(data)));
    }

    /** The expiry that restarts the full idle timeout now: the session's own, if it has one. */
    Instant expires(@Nullable Duration own, SessionData data) {
        return expires(clock.instant(), own, data);
    }

    /**
     * The sliding expiry of a session that is used now. It stays as it is until more than a tenth of the idle timeout has
     * passed, because a database pays for each change of an indexed column. Each extension sends the cookie again, so a cookie
     * that lives for less than the idle timeout sets the pace.
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
     * How long the browser keeps the cookie, but not past the absolute timeout; null means until it closes. {@code now} is the
     * time before the commit, so that a session which begins with the commit gets its full time.
     */
    @Nullable
    Duration maxAge(State state, SessionCookie cookie, Instant now) {
        Duration own = state.idleTimeout();
        Duration wanted = own != null ? own : cookie.maxAge();
        if (wanted == null) {
            return null;
        }
        Duration left = Duration.between(now.truncatedTo(ChronoUnit.MILLIS), deadline(state.data()));
        // A negative value would omit Max-Age, and the browser would keep the cookie until it closes.
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
