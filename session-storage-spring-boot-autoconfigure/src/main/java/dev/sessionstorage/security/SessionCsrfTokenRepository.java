package dev.sessionstorage.security;

import dev.sessionstorage.Session;
import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.DefaultCsrfToken;

/** Keeps the CSRF token in the request's session. */
public final class SessionCsrfTokenRepository implements CsrfTokenRepository {

    private static final String ATTRIBUTE = "SPRING_SECURITY_CSRF_TOKEN";
    private static final String HEADER = "X-CSRF-TOKEN";
    private static final String PARAMETER = "_csrf";
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    /** Creates a repository over the sessions of {@link RequestSession}. */
    public SessionCsrfTokenRepository() {}

    @Override
    public CsrfToken generateToken(HttpServletRequest request) {
        return token(UUID.randomUUID().toString());
    }

    /**
     * Saves the token. If two requests give a session its first token, the first one wins; a plain set would answer the second
     * with 409. A state-changing request starts no session merely for its token, unless it comes from the same origin:
     * otherwise another site could replace a user's cookie.
     */
    @Override
    public void saveToken(@Nullable CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
        Session session = RequestSession.of(request).late();
        if (token == null) {
            session.unset(ATTRIBUTE);
        } else if (!session.isNew() || mayStart(request, session)) {
            String value = token.getToken();
            session.update(ATTRIBUTE, String.class, present -> present == null ? value : present);
        }
    }

    private static boolean mayStart(HttpServletRequest request, Session session) {
        // In an error dispatch the request's own method is always GET.
        Object method = request.getAttribute(RequestDispatcher.ERROR_METHOD);
        return READING.contains(method == null ? request.getMethod() : method.toString())
                || !session.data().isEmpty()
                || "same-origin".equals(request.getHeader("Sec-Fetch-Site"));
    }

    @Override
    public @Nullable CsrfToken loadToken(HttpServletRequest request) {
        String value = RequestSession.of(request).get(ATTRIBUTE, String.class);
        return value == null ? null : token(value);
    }

    private static CsrfToken token(String value) {
        return new DefaultCsrfToken(HEADER, PARAMETER, value);
    }
}
