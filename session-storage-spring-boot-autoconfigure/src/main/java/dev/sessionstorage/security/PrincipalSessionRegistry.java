package dev.sessionstorage.security;

import dev.sessionstorage.SessionId;
import dev.sessionstorage.Sessions;
import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.session.SessionInformation;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * A {@link SessionRegistry} over {@link Sessions}, for Spring Security's limit on concurrent sessions. It sees the sessions of
 * all nodes, and expiring a session deletes it at once. A session's id is its {@link Sessions.Info#handle() handle} here.
 */
public final class PrincipalSessionRegistry implements SessionRegistry {

    private static final String LOGGING_IN = PrincipalSessionRegistry.class.getName() + ".LOGGING_IN";

    private final Sessions sessions;

    /**
     * Creates a registry, which has no state.
     *
     * @param sessions the sessions of all principals
     */
    public PrincipalSessionRegistry(Sessions sessions) {
        this.sessions = sessions;
    }

    /**
     * The attribute with the handle that a session had before its login. It recognizes the double submit of a login form, which
     * turns one session into two.
     */
    static final String BEFORE_LOGIN = "SPRING_SECURITY_SESSION_BEFORE_LOGIN";

    /** Marks a request as a login. A session that logs in again does not count against its own user's limit. */
    static void loggingIn(HttpServletRequest request) {
        request.setAttribute(LOGGING_IN, true);
    }

    static boolean isLoggingIn(HttpServletRequest request) {
        return request.getAttribute(LOGGING_IN) != null;
    }

    @Override
    public List<SessionInformation> getAllSessions(Object principal, boolean includeExpiredSessions) {
        String name = new TestingAuthenticationToken(principal, null).getName();
        HttpServletRequest request = currentRequest();
        RequestSession session = request == null ? null : RequestSession.find(request);
        boolean loggingIn = request != null && isLoggingIn(request);
        String before = session != null && loggingIn ? handle(session) : null;
        return sessions.list(name, session, BEFORE_LOGIN).stream()
                .filter(info -> before == null || !(info.current() || isOfSameForm(info, before)))
                .map(info -> information(principal, name, info))
                // Spring Security sorts the list.
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** The handle of a session, "" for a new one. */
    static String handle(RequestSession session) {
        return session.isNew() ? "" : SessionId.hash(session.id());
    }

    /** Whether a session comes from the same login form. */
    static boolean isOfSameForm(Sessions.Info info, String before) {
        return before.equals(info.attributes().get(BEFORE_LOGIN));
    }

    Sessions sessions() {
        return sessions;
    }

    private SessionInformation information(Object principal, String name, Sessions.Info info) {
        return new SessionInformation(principal, info.handle(), Date.from(info.lastUsed())) {
            @Override
            public void expireNow() {
                super.expireNow();
                sessions.end(name, getSessionId());
            }
        };
    }

    private static @Nullable HttpServletRequest currentRequest() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes
                ? attributes.getRequest()
                : null;
    }

    /**
     * Unsupported: sessions can only be looked up by principal.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public List<Object> getAllPrincipals() {
        throw new UnsupportedOperationException("Sessions can only be looked up by principal");
    }

    /** Always null: a session that has ended is gone. */
    @Override
    public @Nullable SessionInformation getSessionInformation(String sessionId) {
        return null;
    }

    @Override
    public void refreshLastRequest(String sessionId) {
        // Using a session refreshes it.
    }

    @Override
    public void registerNewSession(String sessionId, Object principal) {
        // Committing a session with a principal registers it.
    }

    @Override
    public void removeSessionInformation(String sessionId) {
        // Destroying a session removes it.
    }
}
