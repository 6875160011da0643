package dev.sessionstorage;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When a session ends: after the idle timeout without use, and after the absolute timeout however much it is used. */
record SessionTimeouts(Clock clock, Duration idle, Duration absolute) {

    boolean hasEnded(SessionData data) {
        return !clock.instant().isBefore(earlier(data.expires(), deadline(data)));
    }

    /** When a session expires that is stored now on top of a state, with its own idle timeout if it has one. */
    Instant expires(@Nullable Duration own, SessionData state) {
        return earlier(clock.instant().plus(idle(own)), deadline(state));
    }

    /** Whether more than a tenth of the idle timeout has passed since it was last extended. */
    boolean isExtensionDue(JsonSession session, Instant expires) {
        Duration gained = Duration.between(session.stored().expires(), expires);
        // Duration's own arithmetic goes through BigInteger.
        return 10 * gained.toMillis() > idle(session.ownIdleTimeout()).toMillis();
    }

    /** How long the browser is to keep the cookie, null if until it closes. */
    @Nullable
    Duration maxAge(JsonSession session, SessionCookie cookie) {
        Duration own = session.ownIdleTimeout();
        Duration wanted = own != null ? own : cookie.maxAge();
        if (wanted == null) {
            return null;
        }
        Duration left = Duration.between(clock.instant(), deadline(session.stored()));
        // A negative one would leave Max-Age out, and so keep the cookie until the browser closes.
        Duration capped = wanted.compareTo(left) < 0 ? wanted : left;
        return capped.isNegative() ? Duration.ZERO : capped;
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
