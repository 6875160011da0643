package dev.sessionstorage.security;

import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.DeferredSecurityContext;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.SecurityContextRepository;
import tools.jackson.databind.JsonNode;

/**
 * Keeps who is logged in in the request's session, as JSON, and names that user as the session's principal. The session is
 * read when the security context is first asked for, so a request that nobody authorizes costs no round trip.
 */
public final class SessionSecurityContextRepository implements SecurityContextRepository {

    static final String ATTRIBUTE = "SPRING_SECURITY_AUTHENTICATION";

    private final SecurityJson json;
    private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();
    private final SecurityContextHolderStrategy holder = SecurityContextHolder.getContextHolderStrategy();

    /**
     * A repository over the sessions of {@link RequestSession}.
     *
     * @param json the JSON of an authentication
     */
    public SessionSecurityContextRepository(SecurityJson json) {
        this.json = json;
    }

    @Override
    public DeferredSecurityContext loadDeferredContext(HttpServletRequest request) {
        return new Deferred(request);
    }

    /**
     * The same at once; empty for a request that has not passed the filters yet, as Spring Security's test support asks.
     *
     * @deprecated by Spring Security, in favour of {@link #loadDeferredContext}
     */
    @Override
    @Deprecated
    public SecurityContext loadContext(HttpRequestResponseHolder requestResponseHolder) {
        HttpServletRequest request = requestResponseHolder.getRequest();
        return RequestSession.find(request) == null
                ? holder.createEmptyContext()
                : loadDeferredContext(request).get();
    }

    /**
     * Stores a login, or forgets it. There is nothing to do at logout, when the session has been destroyed already, and where a
     * test prepares a request that has not passed the filters yet.
     */
    @Override
    public void saveContext(SecurityContext context, HttpServletRequest request, HttpServletResponse response) {
        RequestSession session = RequestSession.find(request);
        Authentication authentication = context.getAuthentication();
        if (session == null || session.isDestroyed()) {
            return;
        }
        if (authentication != null && !trust.isAnonymous(authentication)) {
            session.set(ATTRIBUTE, json.write(authentication));
            session.principal(authentication.getName());
        } else if (session.has(ATTRIBUTE)) {
            session.unset(ATTRIBUTE);
            session.principal(null);
        }
    }

    @Override
    public boolean containsContext(HttpServletRequest request) {
        RequestSession session = RequestSession.find(request);
        return session != null && !session.isDestroyed() && session.has(ATTRIBUTE);
    }

    private @Nullable Authentication read(HttpServletRequest request) {
        RequestSession session = RequestSession.of(request);
        JsonNode stored = session.isDestroyed() ? null : session.get(ATTRIBUTE, JsonNode.class);
        return stored == null ? null : json.read(stored, Authentication.class);
    }

    private final class Deferred implements DeferredSecurityContext {

        private final HttpServletRequest request;
        private @Nullable SecurityContext context;
        private boolean generated;

        Deferred(HttpServletRequest request) {
            this.request = request;
        }

        @Override
        public SecurityContext get() {
            if (context == null) {
                Authentication authentication = read(request);
                generated = authentication == null;
                context = holder.createEmptyContext();
                context.setAuthentication(authentication);
            }
            return context;
        }

        @Override
        public boolean isGenerated() {
            get();
            return generated;
        }
    }
}
