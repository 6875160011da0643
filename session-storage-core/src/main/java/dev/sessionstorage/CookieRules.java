package dev.sessionstorage;

import java.util.HashSet;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks a cookie's secrets and what browsers demand (RFC 6265bis, 4.1.3 and 5.7; draft-ietf-httpbis-layered-cookies). */
final class CookieRules {

    private CookieRules() {}

    /** Throws an {@link IllegalArgumentException} that names the rule which a cookie breaks, and shows no secret. */
    static void check(SessionCookie cookie) {
        checkSecrets(cookie);
        checkAttributes(cookie);
        checkPrefix(cookie);
        checkFormer(cookie);
    }

    private static void checkSecrets(SessionCookie cookie) {
        if (cookie.secrets().stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("A secret of the session cookie is blank");
        }
        if (new HashSet<>(cookie.secrets()).size() < cookie.secrets().size()) {
            throw new IllegalArgumentException("Two secrets of the session cookie are the same");
        }
    }

    private static void checkAttributes(SessionCookie cookie) {
        if (cookie.name().isEmpty()) {
            throw new IllegalArgumentException("The session cookie's name is empty");
        }
        if (!cookie.path().startsWith("/")) {
            throw new IllegalArgumentException(
                    "The session cookie's path '" + cookie.path() + "' does not start with '/'");
        }
        if (cookie.domain() != null && cookie.domain().isBlank()) {
            throw new IllegalArgumentException("The session cookie's domain is blank: leave it out instead");
        }
        if (cookie.maxAge() != null && cookie.maxAge().toSeconds() < 1) {
            throw new IllegalArgumentException(
                    "The session cookie's max-age " + cookie.maxAge() + " is less than a second");
        }
        if (cookie.sameSite() == SessionCookie.SameSite.NONE && !cookie.secure()) {
            throw new IllegalArgumentException(
                    "A cookie with SameSite=None must be secure: browsers refuse it otherwise");
        }
        if (cookie.partitioned() && !cookie.secure()) {
            throw new IllegalArgumentException("A partitioned cookie must be secure: browsers refuse it otherwise");
        }
    }

    private static void checkPrefix(SessionCookie cookie) {
        String name = cookie.name();
        if (startsWith(name, "__Host-")
                && (!cookie.secure()
                        || cookie.domain() != null
                        || !cookie.path().equals("/"))) {
            throw new IllegalArgumentException("A cookie named '" + name
                    + "' must be secure, have the path '/' and no domain: change that or drop the prefix '__Host-'");
        }
        if ((startsWith(name, "__Host-Http-") || startsWith(name, "__Http-"))
                && !(cookie.secure() && cookie.httpOnly())) {
            throw new IllegalArgumentException("A cookie named '" + name
                    + "' must be secure and HTTP-only: change that or drop 'Http-' from its prefix");
        }
        if (startsWith(name, "__Secure-") && !cookie.secure()) {
            throw new IllegalArgumentException(
                    "A cookie named '" + name + "' must be secure: change that or drop the prefix '__Secure-'");
        }
    }

    private static void checkFormer(SessionCookie cookie) {
        for (SessionCookie other : cookie.former()) {
            if (replaces(cookie, other)) {
                throw new IllegalArgumentException(
                        "The session cookie is itself among its former ones: leave out the one"
                                + " with the path '" + cookie.path() + "', "
                                + (cookie.domain() == null ? "no domain" : "the domain '" + cookie.domain() + "'")
                                + (cookie.partitioned() ? " and partitioned" : ""));
            }
        }
    }

    /** Whether a cookie replaces the other one in a browser (RFC 6265bis, 5.7). */
    private static boolean replaces(SessionCookie cookie, SessionCookie other) {
        return cookie.name().equals(other.name())
                && cookie.path().equals(other.path())
                && canonical(cookie.domain()).equals(canonical(other.domain()))
                && cookie.partitioned() == other.partitioned();
    }

    private static String canonical(@Nullable String domain) {
        String host = domain == null ? "" : domain.toLowerCase(Locale.ROOT);
        return host.startsWith(".") ? host.substring(1) : host;
    }

    /** Browsers ignore the case of the prefixes (RFC 6265bis, 5.7). */
    private static boolean startsWith(String name, String prefix) {
        return name.regionMatches(true, 0, prefix, 0, prefix.length());
    }
}
