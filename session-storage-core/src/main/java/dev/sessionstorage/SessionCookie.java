package dev.sessionstorage;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseCookie;

/**
 * The cookie that carries a session's id: an immutable value, checked when it is made.
 *
 * <pre>{@code SessionCookie.named("__Host-Http-session").withSecrets(System.getenv("SESSION_SECRET"))}</pre>
 *
 * @param name the cookie's name; the prefixes {@code __Host-}, {@code __Host-Http-}, {@code __Http-} and {@code __Secure-}
 *     bring their rules with them (RFC 6265bis, 4.1.3, and draft-ietf-httpbis-layered-cookies)
 * @param path the path it is sent for, {@code /} by default
 * @param domain the domain it is sent to, or null for this host only
 * @param secure whether it is sent over HTTPS only (and to localhost), true by default
 * @param httpOnly whether scripts cannot see it, true by default
 * @param sameSite whether it is sent with requests from other sites, {@link SameSite#LAX} by default
 * @param maxAge how long the browser keeps it, to the second; null means until the browser closes
 * @param partitioned whether it is kept apart for each top-level site (CHIPS), false by default
 * @param secrets the first one signs, all verify, so that secrets can be rotated; empty means unsigned. At least 32 bytes
 *     each are advised (RFC 2104, 3: a key shorter than the hash weakens it)
 * @param former the cookies that an earlier deployment sent, with another domain, path or partitioned: the browser keeps them
 *     beside this one until {@link #expireFormer()} expires them
 */
public record SessionCookie(
        String name,
        String path,
        @Nullable String domain,
        boolean secure,
        boolean httpOnly,
        SameSite sameSite,
        @Nullable Duration maxAge,
        boolean partitioned,
        List<String> secrets,
        List<SessionCookie> former) {

    private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofMinutes(30);

    /** Whether the browser sends the cookie with requests that another site started (RFC 6265bis, 4.1.2.7). */
    public enum SameSite {
        /** Never. */
        STRICT("Strict"),
        /** Only when the user follows a link there. */
        LAX("Lax"),
        /** Always; needs a secure cookie. */
        NONE("None");

        private final String attribute;

        SameSite(String attribute) {
            this.attribute = attribute;
        }
    }

    /**
     * Checks the rules.
     *
     * @throws IllegalArgumentException if the browser would refuse or misread such a cookie; the message says why, and
     *     never shows a secret
     */
    public SessionCookie {
        secrets = List.copyOf(secrets);
        former = List.copyOf(former);
        if (secrets.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("A secret of the session cookie is blank");
        }
        if (new HashSet<>(secrets).size() < secrets.size()) {
            throw new IllegalArgumentException("Two secrets of the session cookie are the same");
        }
        if (name.isEmpty()) {
            throw new IllegalArgumentException("The session cookie's name is empty");
        }
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("The session cookie's path '" + path + "' does not start with '/'");
        }
        if (domain != null && domain.isBlank()) {
            throw new IllegalArgumentException("The session cookie's domain is blank: leave it out instead");
        }
        if (maxAge != null && maxAge.toSeconds() < 1) {
            throw new IllegalArgumentException("The session cookie's max-age " + maxAge + " is less than a second");
        }
        if (startsWith(name, "__Host-") && (!secure || domain != null || !path.equals("/"))) {
            throw new IllegalArgumentException("A cookie named '" + name
                    + "' must be secure, have the path '/' and no domain: change that or drop the prefix '__Host-'");
        }
        if ((startsWith(name, "__Host-Http-") || startsWith(name, "__Http-")) && !(secure && httpOnly)) {
            throw new IllegalArgumentException("A cookie named '" + name
                    + "' must be secure and HTTP-only: change that or drop 'Http-' from its prefix");
        }
        if (startsWith(name, "__Secure-") && !secure) {
            throw new IllegalArgumentException(
                    "A cookie named '" + name + "' must be secure: change that or drop the prefix '__Secure-'");
        }
        if (sameSite == SameSite.NONE && !secure) {
            throw new IllegalArgumentException(
                    "A cookie with SameSite=None must be secure: browsers refuse it otherwise");
        }
        if (partitioned && !secure) {
            throw new IllegalArgumentException("A partitioned cookie must be secure: browsers refuse it otherwise");
        }
        responseCookie(name, "", path, domain, secure, httpOnly, sameSite, maxAge, partitioned);
        for (SessionCookie other : former) {
            if (other.isKeptAs(name, path, domain, partitioned)) {
                throw new IllegalArgumentException(
                        "The session cookie is itself among its former ones: leave out the one"
                                + " with the path '" + path + "', "
                                + (domain == null ? "no domain" : "the domain '" + domain + "'")
                                + (partitioned ? " and partitioned" : ""));
            }
        }
    }

    /**
     * A cookie with the safe defaults: secure, HTTP-only, SameSite=Lax, path {@code /}, until the browser closes.
     *
     * @param name the cookie's name
     * @return the cookie, unsigned until it gets secrets
     */
    public static SessionCookie named(String name) {
        return new SessionCookie(name, "/", null, true, true, SameSite.LAX, null, false, List.of(), List.of());
    }

    /**
     * Another name.
     *
     * @param name the new name
     * @return a copy
     */
    public SessionCookie withName(String name) {
        return new SessionCookie(name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, former);
    }

    /**
     * Another path.
     *
     * @param path the new path, starting with {@code /}
     * @return a copy
     */
    public SessionCookie withPath(String path) {
        return new SessionCookie(name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, former);
    }

    /**
     * Another domain.
     *
     * @param domain the new domain, or null for this host only
     * @return a copy
     */
    public SessionCookie withDomain(@Nullable String domain) {
        return new SessionCookie(name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, former);
    }

    /**
     * Secure or not.
     *
     * @param secure whether the cookie is sent over HTTPS only
     * @return a copy
     */
    public SessionCookie withSecure(boolean secure) {
        return new SessionCookie(name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, former);
    }

    /**
     * HTTP-only or not.
     *
     * @param httpOnly whether scripts cannot see the cookie
     * @return a copy
     */
    public SessionCookie withHttpOnly(boolean httpOnly) {
        return new SessionCookie(name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, former);
    }

    /**
     * Another SameSite.
     *
     * @param sameSite whether the cookie is sent with requests from other sites
     * @return a copy
     */
    public SessionCookie withSameSite(SameSite sameSite) {
        return new SessionCookie(name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, former);
    }

    /**
     * Another max-age. Given to {@link SessionStorage#commitSession(Session, java.util.function.UnaryOperator)} it
     * becomes that session's own idle timeout: "remember me".
     *
     * @param maxAge how long the browser keeps the cookie, at least a second; null means until the browser closes
     * @return a copy
     */
    public SessionCookie withMaxAge(@Nullable Duration maxAge) {
        return new SessionCookie(name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, former);
    }

    /**
     * Partitioned or not.
     *
     * @param partitioned whether the cookie is kept apart for each top-level site
     * @return a copy
     */
    public SessionCookie withPartitioned(boolean partitioned) {
        return new SessionCookie(name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, former);
    }

    /**
     * Other secrets.
     *
     * @param secrets the newest first: it signs, all verify
     * @return a copy
     */
    public SessionCookie withSecrets(String... secrets) {
        return new SessionCookie(
                name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, List.of(secrets), former);
    }

    /**
     * What an earlier deployment sent: {@code cookie.withFormer(cookie.withDomain("example.org"))}.
     *
     * @param former cookies of another domain, path or partitioned, or of another name
     * @return a copy
     */
    public SessionCookie withFormer(SessionCookie... former) {
        return new SessionCookie(
                name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, List.of(former));
    }

    /**
     * Expires what an earlier deployment sent. The web part adds these to each response that has the session's cookie; whoever
     * writes headers does so before {@link SessionStorage#commitSession(Session)}'s, because a browser that does not know
     * {@code Partitioned} takes the one for the other.
     *
     * @return the Set-Cookie headers' values, one for each former cookie
     */
    public List<String> expireFormer() {
        return former.stream().map(other -> other.header("", Duration.ZERO)).toList();
    }

    /**
     * How long an unused session lives where nothing else is said.
     *
     * @return the max-age, else 30 minutes
     */
    public Duration defaultIdleTimeout() {
        return maxAge != null ? maxAge : DEFAULT_IDLE_TIMEOUT;
    }

    /** Whether a secret is shorter than the 32 bytes that HMAC-SHA256 wants. */
    boolean hasShortSecret() {
        return secrets.stream().anyMatch(SessionCookie::isShort);
    }

    /**
     * Whoever guesses at a secret can test the guess on any cookie that it has signed, so these 32 bits help nobody. A short
     * one has none: it could be guessed, and a log goes further than a cookie.
     */
    private static String fingerprint(String secret) {
        return isShort(secret)
                ? "short"
                : SessionId.sha256Hex("session-storage fingerprint of a secret: " + secret)
                        .substring(0, 8);
    }

    private static boolean isShort(String secret) {
        return secret.getBytes(StandardCharsets.UTF_8).length < 32;
    }

    /** The Set-Cookie header's value. */
    String header(String value, @Nullable Duration age) {
        return responseCookie(name, value, path, domain, secure, httpOnly, sameSite, age, partitioned)
                .toString();
    }

    /** Whether a browser keeps this cookie in the place of another one (RFC 6265bis, 5.7). */
    private boolean isKeptAs(
            String otherName, String otherPath, @Nullable String otherDomain, boolean otherPartitioned) {
        return name.equals(otherName)
                && path.equals(otherPath)
                && canonical(domain).equals(canonical(otherDomain))
                && partitioned == otherPartitioned;
    }

    private static String canonical(@Nullable String domain) {
        String host = domain == null ? "" : domain.toLowerCase(Locale.ROOT);
        return host.startsWith(".") ? host.substring(1) : host;
    }

    /** Browsers match the prefixes in any case (RFC 6265bis, 5.7). */
    private static boolean startsWith(String name, String prefix) {
        return name.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    private static ResponseCookie responseCookie(
            String name,
            String value,
            String path,
            @Nullable String domain,
            boolean secure,
            boolean httpOnly,
            SameSite sameSite,
            @Nullable Duration age,
            boolean partitioned) {
        ResponseCookie.ResponseCookieBuilder cookie = ResponseCookie.from(name, value)
                .path(path)
                .domain(domain)
                .secure(secure)
                .httpOnly(httpOnly)
                .sameSite(sameSite.attribute)
                .partitioned(partitioned);
        return (age == null ? cookie : cookie.maxAge(age)).build();
    }

    /** Shows no secret, but eight characters of a hash of each, by which nodes that share their sessions can be compared. */
    @Override
    public String toString() {
        return "SessionCookie[name=%s, path=%s, domain=%s, secure=%s, httpOnly=%s, sameSite=%s, maxAge=%s, partitioned=%s, secrets=%s, %d former]"
                .formatted(
                        name,
                        path,
                        domain,
                        secure,
                        httpOnly,
                        sameSite.attribute,
                        maxAge,
                        partitioned,
                        secrets.stream().map(SessionCookie::fingerprint).toList(),
                        former.size());
    }
}
