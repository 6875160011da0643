package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Creates the cookie that {@code session.cookie.*} describes, or fails the startup and says what is wrong. */
final class CookieFactory {

    private static final Log LOG = LogFactory.getLog(CookieFactory.class);
    private static final int MIN_SECRET_BYTES = 32;
    private static final String MAKE_ONE =
            "Make a secret with 'openssl rand -base64 32' and pass it as session.cookie.secrets, for instance through the"
                    + " environment variable SESSION_COOKIE_SECRETS. Keep it out of version control.";

    private static final String WITH_COMMA =
            "If a secret has a comma in it, give it as an entry of a list: in YAML as a line"
                    + " '- \"…\"' below secrets, as the property session.cookie.secrets[0] or as the environment variable"
                    + " SESSION_COOKIE_SECRETS_0. ";

    /** Example secrets from this project's documentation, which are public. */
    private static final Set<String> PUBLISHED_SECRETS = Set.of("replace-me-with-32-random-bytes-or-more");

    /**
     * An unresolved placeholder, or an expression that is never evaluated. Its text is in the configuration, so it is not a
     * secret.
     */
    private static final Pattern UNRESOLVED = Pattern.compile("\\$\\{[^}]+}|^#\\{.+}$");

    private CookieFactory() {}

    static SessionCookie create(SessionProperties.Cookie cookie, String contextPath, boolean survivesRestart) {
        try {
            String path = path(cookie, contextPath);
            SessionCookie sent = SessionCookie.named(name(cookie, path, cookie.domain()))
                    .withPath(path)
                    .withDomain(cookie.domain())
                    .withSecure(cookie.secure())
                    .withHttpOnly(cookie.httpOnly())
                    .withSameSite(cookie.sameSite())
                    .withMaxAge(cookie.maxAge())
                    .withPartitioned(cookie.partitioned())
                    .withSecrets(secrets(cookie.secrets(), survivesRestart).toArray(String[]::new));
            return sent.withFormer(cookie.former().stream()
                    .map(former -> former(cookie, former, sent))
                    .toArray(SessionCookie[]::new));
        } catch (IllegalArgumentException e) {
            throw new SessionStartupException(e.getMessage() + ".", "Correct the properties session.cookie.*.", e);
        }
    }

    /** Defaults to the context path, so that two applications on one host do not overwrite each other's cookie. */
    private static String path(SessionProperties.Cookie cookie, String contextPath) {
        if (cookie.path() != null) {
            return cookie.path();
        }
        if (contextPath.isEmpty() || (cookie.name() != null && cookie.name().regionMatches(true, 0, "__Host-", 0, 7))) {
            return "/";
        }
        LOG.info(
                "The session cookie has the path " + contextPath + ", the context path, and so no name that begins with"
                        + " '__Host-'. If this application is alone on its host, or a proxy takes the path away, set"
                        + " session.cookie.path=/");
        return contextPath;
    }

    /**
     * Returns the name with the strictest prefix whose rules the cookie meets. The names of former cookies follow the same
     * rule.
     */
    private static String name(SessionProperties.Cookie cookie, String path, @Nullable String domain) {
        if (cookie.name() != null) {
            return cookie.name();
        }
        if (!cookie.secure() || domain != null || !path.equals("/")) {
            return "session";
        }
        return cookie.httpOnly() ? "__Host-Http-session" : "__Host-session";
    }

    private static SessionCookie former(
            SessionProperties.Cookie cookie, SessionProperties.Former former, SessionCookie sent) {
        return SessionCookie.named(name(cookie, former.path(), former.domain()))
                .withPath(former.path())
                .withDomain(former.domain())
                .withSecure(sent.secure())
                .withHttpOnly(sent.httpOnly())
                .withSameSite(sent.sameSite())
                .withPartitioned(former.partitioned());
    }

    private static List<String> secrets(List<String> secrets, boolean survivesRestart) {
        if (secrets.isEmpty() && survivesRestart) {
            throw new SessionStartupException(
                    "The session cookie has no secret, and its sessions outlive a restart of this application.",
                    MAKE_ONE);
        }
        if (secrets.isEmpty()) {
            LOG.warn("session.cookie.secrets is not set: the session cookie is signed with a random secret, so every"
                    + " session ends with this process. " + MAKE_ONE);
            return List.of(SessionId.create());
        }
        for (String secret : secrets) {
            if (PUBLISHED_SECRETS.contains(secret)) {
                throw new SessionStartupException(
                        "A secret of the session cookie is the example from the documentation, which is public.",
                        MAKE_ONE);
            }
            Matcher unresolved = UNRESOLVED.matcher(secret);
            if (unresolved.find()) {
                throw new SessionStartupException(
                        "session.cookie.secrets refers to " + unresolved.group()
                                + (secret.startsWith("#")
                                        ? ", an expression: Spring Boot evaluates none in these properties."
                                        : ", which is not set."),
                        MAKE_ONE);
            }
            int bytes = secret.getBytes(StandardCharsets.UTF_8).length;
            if (bytes < MIN_SECRET_BYTES) {
                throw new SessionStartupException(
                        "A secret of the session cookie "
                                + (secret.isBlank()
                                        ? "is blank."
                                        : "has " + bytes + " bytes, fewer than " + MIN_SECRET_BYTES + ".")
                                + comma(secrets),
                        secrets.size() > 1 ? WITH_COMMA + MAKE_ONE : MAKE_ONE);
            }
        }
        return secrets;
    }

    /** Several secrets may be one that Spring Boot has split at its commas. */
    private static String comma(List<String> secrets) {
        return secrets.size() > 1
                ? " session.cookie.secrets has " + secrets.size()
                        + " entries: where it is one text, in quotes or not, Spring Boot cuts it at each comma."
                : "";
    }
}
