package dev.sessionstorage.test;

import dev.sessionstorage.SessionId;
import java.io.Serializable;

/**
 * A cookie as a browser would send it.
 *
 * @param id the hash of the cookie's id
 * @param header the Cookie header
 */
record HistoryCookie(String id, String header) implements Serializable {

    /** Parses the header that a commit returned. */
    static HistoryCookie of(String sessionId, String setCookie) {
        return new HistoryCookie(SessionId.hash(sessionId).intern(), setCookie.substring(0, setCookie.indexOf(';')));
    }
}
