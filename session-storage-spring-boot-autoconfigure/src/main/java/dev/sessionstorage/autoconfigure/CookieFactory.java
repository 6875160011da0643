package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** The cookie that {@code session.cookie.*} describes, or a startup failure that says what is wrong with it. */
final class CookieFactory {

    private static final Log LOG = LogFactory.getLog(CookieFactory.class);
    private static final int MIN_SECRET_BYTES = 32;
    private static final String MAKE_ONE =
            "Make a secret with 'openssl rand -base64 32' and pass it as session.cookie.secrets, for instance through the"
                    + " environment variable SESSION_COOKIE_SECRETS. Keep it out of version control.";

    /** The secrets that this project's own documents show: everybody knows them. */
    private static final Set<String> PUBLISHED_SECRETS = Set.of("replace-me-with-32-random-bytes-or-more");

    private CookieFactory() {}

    static SessionCookie create(SessionProperties.Cookie cookie, boolean survivesRestart) {
        try {
            return new SessionCookie(
                    cookie.nameOrDefault(),
                    cookie.path(),
                    cookie.domain(),
                    cookie.secure(),
                    cookie.httpOnly(),
                    cookie.sameSite(),
                    cookie.maxAge(),
                    cookie.partitioned(),
                    secrets(cookie.secrets(), survivesRestart));
        } catch (IllegalArgumentException e) {
            throw new SessionStartupException(e.getMessage() + ".", "Correct the properties session.cookie.*.", e);
        }
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
                        "A secret of the session cookie is the example from the documentation, which everybody knows.",
                        MAKE_ONE);
            }
            if (secret.startsWith("${")) {
                throw new SessionStartupException(
                        "session.cookie.secrets refers to " + secret + ", which is not set.", MAKE_ONE);
            }
            int bytes = secret.getBytes(StandardCharsets.UTF_8).length;
            if (!secret.isBlank() && bytes < MIN_SECRET_BYTES) {
                throw new SessionStartupException(
                        "A secret of the session cookie has " + bytes + " bytes, fewer than " + MIN_SECRET_BYTES + ".",
                        MAKE_ONE);
            }
        }
        return secrets;
    }
}
