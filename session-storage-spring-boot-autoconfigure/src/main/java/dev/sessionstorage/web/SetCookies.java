package dev.sessionstorage.web;

import dev.sessionstorage.SessionCookie;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Set-Cookie headers of one response. */
final class SetCookies {

    private final SessionCookie cookie;
    /** The session's cookie that the response is to have, unless the application has added it itself. */
    private @Nullable String wanted;
    /** The one that it has got from here. */
    private @Nullable String added;

    SetCookies(SessionCookie cookie) {
        this.cookie = cookie;
    }

    /** The name and the value of a Set-Cookie header. */
    static String pair(String setCookie) {
        int semicolon = setCookie.indexOf(';');
        return (semicolon < 0 ? setCookie : setCookie.substring(0, semicolon)).trim();
    }

    /** Takes the session's cookie, in place of that of an earlier commit. */
    void want(String setCookie) {
        wanted = setCookie;
    }

    /** The name and the value of the session's cookie, as far as the response has one that does not expire it. */
    @Nullable
    String sent() {
        String pair = wanted == null ? "" : pair(wanted);
        return pair.isEmpty() || expires(pair) ? null : pair;
    }

    private static boolean expires(String pair) {
        return pair.endsWith("=");
    }

    /** Those among a response's headers that set or expire the session's cookie. */
    List<String> ofSession(Collection<String> present) {
        return present.stream().filter(this::isOfSession).toList();
    }

    /**
     * All headers of a response that is to have the session's cookie, or none where it needs none. The session's cookie comes last, and before it those that expire its former
     * ones: a browser that does not know {@code Partitioned} takes them for the same.
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
     * Whether the application has added the cookie itself, with attributes of its own if it likes. One that expires the cookie does
     * so only with the attributes that it was sent with.
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
