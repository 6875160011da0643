package dev.sessionstorage.security;

import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
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

    /** A repository over the sessions of {@link RequestSession}. */
    public SessionCsrfTokenRepository() {}

    @Override
    public CsrfToken generateToken(HttpServletRequest request) {
        return token(UUID.randomUUID().toString());
    }

    /** Of two requests that give one session its first token, the first wins: a set would answer the second with 409. */
    @Override
    public void saveToken(@Nullable CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
        RequestSession session = RequestSession.of(request);
        if (token != null) {
            String value = token.getToken();
            session.update(ATTRIBUTE, String.class, present -> present == null ? value : present);
        } else if (!session.isDestroyed()) {
            session.unset(ATTRIBUTE);
        }
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
