package dev.sessionstorage;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseCookie;

/**
 * The cookie that carries a session's id: an immutable value, checked when it is made.
 *
 * <pre>{@code SessionCookie.named("__Host-Http-session").withSecrets(System.getenv("SESSION_SECRET"))}</pre>
 */
public final class SessionCookie {

    private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofMinutes(30);

    /** Whether the browser sends the cookie with requests that another site starts (RFC 6265bis, 4.1.2.7). */
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

    private final String name;
    private final String path;
    private final @Nullable String domain;
    private final boolean secure;
    private final boolean httpOnly;
    private final SameSite sameSite;
    private final @Nullable Duration maxAge;
    private final boolean partitioned;
    private final List<String> secrets;
    private final List<SessionCookie> former;

    private SessionCookie(
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
        this.name = name;
        this.path = path;
        this.domain = domain;
        this.secure = secure;
        this.httpOnly = httpOnly;
        this.sameSite = sameSite;
        this.maxAge = maxAge;
        this.partitioned = partitioned;
        this.secrets = List.copyOf(secrets);
        this.former = List.copyOf(former);
        CookieRules.check(this);
        // Building a header checks the characters.
        header("", maxAge);
    }

    /**
     * A cookie with the safe defaults: secure, HTTP-only, SameSite=Lax, path {@code /}, until the browser closes.
     *
     * @param name the cookie's name; the prefixes {@code __Host-}, {@code __Host-Http-}, {@code __Http-} and {@code __Secure-}
     *     bring their rules with them (RFC 6265bis, 4.1.3, and draft-ietf-httpbis-layered-cookies)
     * @return the cookie, unsigned until it gets secrets
     * @throws IllegalArgumentException here and in every other method that makes a cookie: if a browser would refuse or misread
     *     it; the message says why and shows no secret
     */
    public static SessionCookie named(String name) {
        return new SessionCookie(name, "/", null, true, true, SameSite.LAX, null, false, List.of(), List.of());
    }

    /**
     * The cookie's name.
     *
     * @return the name, not empty
     */
    public String name() {
        return name;
    }

    /**
     * The path that the cookie is sent for.
     *
     * @return a path that begins with {@code /}
     */
    public String path() {
        return path;
    }

    /**
     * The domain that the cookie is sent to.
     *
     * @return the domain, null for this host only
     */
    public @Nullable String domain() {
        return domain;
    }

    /**
     * Whether the cookie is sent over HTTPS only, and to localhost.
     *
     * @return true by default
     */
    public boolean secure() {
        return secure;
    }

    /**
     * Whether scripts cannot see the cookie.
     *
     * @return true by default
     */
    public boolean httpOnly() {
        return httpOnly;
    }

    /**
     * Whether the cookie is sent with requests from other sites.
     *
     * @return {@link SameSite#LAX} by default
     */
    public SameSite sameSite() {
        return sameSite;
    }

    /**
     * How long the browser keeps the cookie.
     *
     * @return the time, to the second; null means until the browser closes
     */
    public @Nullable Duration maxAge() {
        return maxAge;
    }

    /**
     * Whether the cookie is kept apart for each top-level site (CHIPS).
     *
     * @return false by default
     */
    public boolean partitioned() {
        return partitioned;
    }

    /**
     * The secrets: the first one signs, all verify, so that they can be rotated.
     *
     * @return the newest first; empty for an unsigned cookie
     */
    public List<String> secrets() {
        return secrets;
    }

    /**
     * The cookies that an earlier deployment sent. The browser keeps them beside this one until {@link #expireFormer()} expires
     * them.
     *
     * @return cookies with another name, domain, path or partitioned
     */
    public List<SessionCookie> former() {
        return former;
    }

    /**
     * Changes the name.
     *
     * @param name the new name
     * @return a copy
     */
    public SessionCookie withName(String name) {
        return new SessionCookie(name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, former);
    }

    /**
     * Changes the path.
     *
     * @param path the new path, starting with {@code /}
     * @return a copy
     */
    public SessionCookie withPath(String path) {
        return new SessionCookie(name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, former);
    }

    /**
     * Changes the domain.
     *
     * @param domain the new domain, or null for this host only
     * @return a copy
     */
    public SessionCookie withDomain(@Nullable String domain) {
        return new SessionCookie(name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, former);
    }

    /**
     * Changes whether the cookie is secure.
     *
     * @param secure whether the cookie is sent over HTTPS only
     * @return a copy
     */
    public SessionCookie withSecure(boolean secure) {
        return new SessionCookie(name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, former);
    }

    /**
     * Changes whether the cookie is HTTP-only.
     *
     * @param httpOnly whether scripts cannot see the cookie
     * @return a copy
     */
    public SessionCookie withHttpOnly(boolean httpOnly) {
        return new SessionCookie(name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, former);
    }

    /**
     * Changes SameSite.
     *
     * @param sameSite whether the cookie is sent with requests from other sites
     * @return a copy
     */
    public SessionCookie withSameSite(SameSite sameSite) {
        return new SessionCookie(name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, former);
    }

    /**
     * Changes the max-age. In {@link SessionStorage#commitSession(Session, java.util.function.UnaryOperator)} it becomes that
     * session's own idle timeout: "remember me".
     *
     * @param maxAge how long the browser keeps the cookie, at least a second; null means until the browser closes
     * @return a copy
     */
    public SessionCookie withMaxAge(@Nullable Duration maxAge) {
        return new SessionCookie(name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, former);
    }

    /**
     * Changes whether the cookie is partitioned.
     *
     * @param partitioned whether the cookie is kept apart for each top-level site
     * @return a copy
     */
    public SessionCookie withPartitioned(boolean partitioned) {
        return new SessionCookie(name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, former);
    }

    /**
     * Changes the secrets. Use at least 32 bytes each: a key shorter than the hash weakens it (RFC 2104, 3).
     *
     * @param secrets the newest first: it signs, and all verify
     * @return a copy
     */
    public SessionCookie withSecrets(String... secrets) {
        return new SessionCookie(
                name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, List.of(secrets), former);
    }

    /**
     * Names the cookies that an earlier deployment sent: {@code cookie.withFormer(cookie.withDomain("example.org"))}.
     *
     * @param former cookies with another name, domain, path or partitioned
     * @return a copy
     */
    public SessionCookie withFormer(SessionCookie... former) {
        return new SessionCookie(
                name, path, domain, secure, httpOnly, sameSite, maxAge, partitioned, secrets, List.of(former));
    }

    /**
     * Expires the cookies that an earlier deployment sent. The web part adds these headers to each response that has the
     * session's cookie. If you write headers yourself, add these before that of {@link SessionStorage#commitSession(Session)}:
     * a browser that does not know {@code Partitioned} takes one cookie for the other.
     *
     * @return the Set-Cookie headers' values, one for each former cookie
     */
    public List<String> expireFormer() {
        return former.stream().map(other -> other.header("", Duration.ZERO)).toList();
    }

    /**
     * How long an unused session lives by default.
     *
     * @return the max-age, else 30 minutes
     */
    public Duration defaultIdleTimeout() {
        return maxAge != null ? maxAge : DEFAULT_IDLE_TIMEOUT;
    }

    /** Whether a secret is shorter than 32 bytes, the least that is advised for HMAC-SHA256. */
    boolean hasShortSecret() {
        return secrets.stream().anyMatch(SessionCookie::isShort);
    }

    /**
     * Eight hex digits to recognize a secret by. These 32 bits do not help an attacker, who can test a guess on any signed
     * cookie. A short secret shows none: it could be guessed, and a log travels further than a cookie.
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
        ResponseCookie.ResponseCookieBuilder cookie = ResponseCookie.from(name, value)
                .path(path)
                .domain(domain)
                .secure(secure)
                .httpOnly(httpOnly)
                .sameSite(sameSite.attribute)
                .partitioned(partitioned);
        return (age == null ? cookie : cookie.maxAge(age)).build().toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof SessionCookie that
                        && name.equals(that.name)
                        && path.equals(that.path)
                        && Objects.equals(domain, that.domain)
                        && secure == that.secure
                        && httpOnly == that.httpOnly
                        && sameSite == that.sameSite
                        && Objects.equals(maxAge, that.maxAge)
                        && partitioned == that.partitioned
                        && secrets.equals(that.secrets)
                        && former.equals(that.former));
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, path, domain, maxAge, secrets);
    }

    /** Shows eight characters of each secret's hash, never the secret, so that the nodes of a cluster can be compared. */
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
