package dev.sessionstorage.web;

import dev.sessionstorage.Session;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the browser knows of the session, and so whether it needs a cookie. */
final class BrowserCookie {

    /** Whether a response has to carry the session's cookie. */
    enum Need {
        /** The browser has it. */
        NONE,
        /** For a later end, or the signature of a newer secret: another response will do as well. */
        SLIDE,
        /** The browser must learn it: the id or the lifetime is another, or the session has ended. */
        REPLACE
    }

    private enum Known {
        CURRENT,
        /** It has to keep its cookie for longer or shorter than it knows. */
        OLD_LIFETIME,
        /** It has to forget its cookie, or gets that of another session. */
        ENDED
    }

    private String id = "";
    private @Nullable Instant expires;
    private Known known = Known.CURRENT;

    /** The browser has the session's cookie, from this request or by this response. */
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
     * What the browser needs after a commit.
     *
     * @param session the session that was committed
     * @param setCookie the Set-Cookie header's value that the commit returned
     * @param sent whether the request had a cookie, given as name and value
     */
    Need needs(Session session, String setCookie, Predicate<String> sent) {
        if (!knowsIdOf(session)) {
            return Need.REPLACE;
        }
        // Not without a write, which shows that the id lives: another request may be about to send a new one.
        if (Objects.equals(session.expires(), expires)) {
            return Need.NONE;
        }
        if (known == Known.OLD_LIFETIME) {
            return Need.REPLACE;
        }
        return setCookie.contains("; Max-Age=") || !sent.test(SetCookies.pair(setCookie)) ? Need.SLIDE : Need.NONE;
    }
}
