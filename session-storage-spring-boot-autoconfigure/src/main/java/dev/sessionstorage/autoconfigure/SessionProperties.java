package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionStorage;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;

/**
 * The properties under {@code session}.
 *
 * @param cookie Session cookie.
 * @param idleTimeout Time after which an unused session ends. By default the cookie's max-age, else 30 minutes. If a duration
 *     suffix is not specified, seconds will be used.
 * @param absoluteTimeout Time after which a session ends however often it is used. If a duration suffix is not specified,
 *     seconds will be used.
 * @param allowedTypes Classes and packages allowed in flash attributes, "@SessionAttributes" and logins, besides the
 *     application's own and the JDK's plain values.
 * @param autoCommit Whether the request's session is committed just before the response is. If false, logins, flash attributes
 *     and the like stay in HttpSession.
 * @param conflicts What a commit does when an attribute that it read and then set has been changed by another request.
 * @param maxSize Largest session that is stored, as JSON in UTF-8. The JPA repository's table holds 1MB, on MariaDB and MySQL
 *     nearly 16MB.
 * @param repository Where sessions are stored. By default a SessionDataRepository bean of the application, else JPA, else
 *     Redis, else memory.
 * @param jpa JPA repository.
 * @param redis Redis repository.
 * @param cleanup Deletion of expired sessions.
 */
@ConfigurationProperties("session")
record SessionProperties(
        @DefaultValue Cookie cookie,
        @DurationUnit(ChronoUnit.SECONDS) @Nullable Duration idleTimeout,

        @DefaultValue("30d") @DurationUnit(ChronoUnit.SECONDS)
        Duration absoluteTimeout,

        @DefaultValue List<String> allowedTypes,
        @DefaultValue("true") boolean autoCommit,
        @DefaultValue("reject") SessionStorage.Conflicts conflicts,
        @DefaultValue("64KB") DataSize maxSize,
        @Nullable Repository repository,
        @DefaultValue Jpa jpa,
        @DefaultValue Redis redis,
        @DefaultValue Cleanup cleanup) {

    Duration idleTimeoutOrDefault(SessionCookie sessionCookie) {
        return idleTimeout != null ? idleTimeout : sessionCookie.defaultIdleTimeout();
    }

    /** Where sessions are stored. */
    enum Repository {
        /** In a relational database, through JPA. */
        JPA,
        /** In Redis. */
        REDIS,
        /** In this JVM's memory. */
        MEMORY
    }

    /** When the table is created. Boot's own enum with these names is missing without a database. */
    enum InitializeSchema {
        /** At every startup, unless it exists. */
        ALWAYS,
        /** Only in an embedded database. */
        EMBEDDED,
        /** Never: the application creates it. */
        NEVER
    }

    /**
     * The cookie.
     *
     * @param name Name of the cookie. By default "__Host-Http-session", or "__Host-session" if http-only is false, or "session"
     *     if secure is false, a domain is set or the path is not "/".
     * @param secure Whether the cookie is sent over HTTPS only.
     * @param httpOnly Whether scripts cannot see the cookie.
     * @param sameSite Whether the cookie is sent with requests from other sites.
     * @param path Path the cookie is sent for. By default the servlet context path, or "/" without one.
     * @param domain Domain the cookie is sent to. By default the host that set it, without its subdomains.
     * @param maxAge Time the browser keeps the cookie. By default until it is closed. If a duration suffix is not specified,
     *     seconds will be used.
     * @param partitioned Whether the cookie is kept apart for each top-level site.
     * @param secrets Secrets of at least 32 bytes each. The first one signs, all verify. By default a random one per startup,
     *     if the sessions do not survive a restart anyway.
     * @param former Combinations of domain, path and partitioned that earlier deployments have sent the cookie with. Each
     *     response that sends the cookie expires these.
     */
    record Cookie(
            @Nullable String name,
            @DefaultValue("true") boolean secure,
            @DefaultValue("true") boolean httpOnly,
            @DefaultValue("lax") SessionCookie.SameSite sameSite,
            @Nullable String path,
            @Nullable String domain,
            @DurationUnit(ChronoUnit.SECONDS) @Nullable Duration maxAge,
            @DefaultValue("false") boolean partitioned,
            @DefaultValue List<String> secrets,
            @DefaultValue List<Former> former) {

        /** Shows no secret. */
        @Override
        public String toString() {
            return "Cookie[name=" + name + "]";
        }
    }

    /**
     * An earlier cookie.
     *
     * @param domain Domain the cookie was sent to.
     * @param path Path the cookie was sent for.
     * @param partitioned Whether the cookie was kept apart for each top-level site.
     */
    record Former(
            @Nullable String domain,
            @DefaultValue("/") String path,
            @DefaultValue("false") boolean partitioned) {}

    /**
     * The JPA repository.
     *
     * @param initializeSchema When the table is created at startup.
     * @param tableName Name of the table, optionally after its schema's name and a dot.
     */
    record Jpa(
            @DefaultValue("embedded") InitializeSchema initializeSchema,
            @DefaultValue("session_data") String tableName) {}

    /**
     * The Redis repository.
     *
     * @param keyPrefix What the name of every key begins with.
     * @param nearCacheSize Number of sessions kept in memory for a second after they were read. Redis reports writes by other
     *     nodes. 0 keeps none.
     */
    record Redis(
            @DefaultValue("session:") String keyPrefix,
            @DefaultValue("0") int nearCacheSize) {}

    /**
     * The cleanup.
     *
     * @param interval Time between two deletions of expired sessions, give or take a tenth. 0 turns them off. If a duration
     *     suffix is not specified, seconds will be used.
     * @param batchSize Number of expired sessions that are deleted in one transaction.
     */
    record Cleanup(
            @DefaultValue("5m") @DurationUnit(ChronoUnit.SECONDS)
            Duration interval,

            @DefaultValue("1000") int batchSize) {}
}
