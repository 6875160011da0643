package dev.sessionstorage.web;

import dev.sessionstorage.SessionCookie;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Set-Cookie headers of one response. */
final class SetCookies {

    private final SessionCookie cookie;
    /** The session's cookie that the response needs, unless the application has added it itself. */
    private @Nullable String wanted;
    /** The Set-Cookie header that this class has added. */
    private @Nullable String added;

    SetCookies(SessionCookie cookie) {
        this.cookie = cookie;
    }

    /** The {@code name=value} part of a Set-Cookie header. */
    static String pair(String setCookie) {
        int semicolon = setCookie.indexOf(';');
        return (semicolon < 0 ? setCookie : setCookie.substring(0, semicolon)).trim();
    }

    /** Sets the session's cookie, and replaces that of an earlier commit. */
    void want(String setCookie) {
        wanted = setCookie;
    }

    /** The {@code name=value} of the session's cookie that this response sets; null if it sets none or expires it. */
    @Nullable
    String sent() {
        String pair = wanted == null ? "" : pair(wanted);
        return pair.isEmpty() || expires(pair) ? null : pair;
    }

    private static boolean expires(String pair) {
        return pair.endsWith("=");
    }

    /** Returns those headers of a response that set or expire the session's cookie. */
    List<String> ofSession(Collection<String> present) {
        return present.stream().filter(this::isOfSession).toList();
    }

    /**
     * Returns all Set-Cookie headers of a response that needs the session's cookie, or none if it needs none. The headers that
     * expire former cookies come before the session's cookie: a browser that does not know {@code Partitioned} takes both for
     * the same cookie, and the last one wins.
     */
    List<String> complete(Collection<String> present) {
        if (wanted == null && present.isEmpty()) {
            return List.of();
        }
        List<String> others = new ArrayList<>(present);
        others.remove(added);
        List<String> expireFormer = cookie.expireFormer();
        List<String> ofSession = new ArrayList<>(ofSession(others));
        ofSession.removeAll(expireFormer);
        added = ofSession.stream().anyMatch(this::isWanted) ? null : wanted;
        if (added != null) {
            ofSession.add(added);
        }
        if (ofSession.isEmpty()) {
            return List.of();
        }
        others.removeAll(expireFormer);
        others.removeAll(ofSession);
        others.addAll(expireFormer);
        others.addAll(ofSession);
        return others;
    }

    /**
     * Whether a header is the wanted cookie, added by the application itself. Its attributes may differ, unless it expires the
     * cookie: that works only with the attributes that the cookie was set with.
     */
    private boolean isWanted(String setCookie) {
        if (wanted == null) {
            return false;
        }
        String pair = pair(wanted);
        return expires(pair) ? setCookie.equals(wanted) : pair(setCookie).equals(pair);
    }

    private boolean isOfSession(String setCookie) {
        int equals = setCookie.indexOf('=');
        return equals >= 0 && setCookie.substring(0, equals).trim().equals(cookie.name());
    }
}
