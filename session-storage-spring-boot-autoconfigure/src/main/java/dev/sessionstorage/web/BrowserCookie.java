package dev.sessionstorage.web;

import dev.sessionstorage.Session;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tracks what the browser knows about the session, and decides whether it needs a new cookie. */
final class BrowserCookie {

    /** Whether the response must carry the session's cookie. */
    enum Need {
        /** The browser already has it. */
        NONE,
        /** The cookie's expiry slides, or a newer secret signs it. A later response can carry it just as well. */
        SLIDE,
        /** The id or the lifetime has changed, or the session has ended: this response must carry it. */
        REPLACE
    }

    private enum Known {
        CURRENT,
        /** The cookie's lifetime has changed. */
        OLD_LIFETIME,
        /** The browser must drop its cookie, or gets that of another session. */
        ENDED
    }

    private String id = "";
    private @Nullable Instant expires;
    private Known known = Known.CURRENT;

    /** Records that the browser has the session's cookie, from this request or through this response. */
    void knows(Session session) {
        id = session.id();
        expires = session.expires();
        known = Known.CURRENT;
    }

    void ended() {
        known = Known.ENDED;
    }

    void lifetimeChanged() {
        if (known == Known.CURRENT) {
            known = Known.OLD_LIFETIME;
        }
    }

    boolean knowsIdOf(Session session) {
        return known != Known.ENDED && session.id().equals(id);
    }

    /**
     * Returns what the browser needs after a commit.
     *
     * @param session the session that was committed
     * @param setCookie the Set-Cookie header's value that the commit returned
     * @param sent whether the request carried a cookie, given as {@code name=value}
     */
    Need needs(Session session, String setCookie, Predicate<String> sent) {
        if (!knowsIdOf(session)) {
            return Need.REPLACE;
        }
        // Only a write proves that the id is still valid: another request may be about to send a new one.
        if (Objects.equals(session.expires(), expires)) {
            return Need.NONE;
        }
        if (known == Known.OLD_LIFETIME) {
            return Need.REPLACE;
        }
        return setCookie.contains("; Max-Age=") || !sent.test(SetCookies.pair(setCookie)) ? Need.SLIDE : Need.NONE;
    }
}
