package dev.sessionstorage.security;

import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.AuthenticatedPrincipal;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.Transient;
import org.springframework.security.core.context.DeferredSecurityContext;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.SecurityContextRepository;
import tools.jackson.databind.util.TokenBuffer;

/**
 * Keeps the login in the request's session, as JSON, and sets the session's principal. The session is read only when the
 * security context is, so a request that needs no authorization costs no round trip.
 */
public final class SessionSecurityContextRepository implements SecurityContextRepository {

    private static final String ATTRIBUTE = "SPRING_SECURITY_AUTHENTICATION";
    private static final String IN_CHAIN = FilterChainProxy.class.getName() + ".APPLIED";

    private final SecurityJson json;
    private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();
    private final SecurityContextHolderStrategy holder = SecurityContextHolder.getContextHolderStrategy();

    /**
     * Creates a repository over the sessions of {@link RequestSession}.
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

    /** @deprecated by Spring Security, in favour of {@link #loadDeferredContext} */
    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester")
    public SecurityContext loadContext(HttpRequestResponseHolder requestResponseHolder) {
        return loadDeferredContext(requestResponseHolder.getRequest()).get();
    }

    /**
     * Stores or removes a login. A change of user rotates the session id, however the user has logged in (ASVS 5.0, 7.2.4).
     *
     * @throws IllegalStateException if the login cannot be kept as JSON, or the request has not passed the SessionFilter
     */
    @Override
    public void saveContext(SecurityContext context, HttpServletRequest request, HttpServletResponse response) {
        if (isPreparedByATest(request)) {
            return;
        }
        RequestSession session = RequestSession.of(request);
        Authentication authentication = context.getAuthentication();
        if (authentication != null && isKept(authentication)) {
            String name = name(authentication);
            TokenBuffer stored = json.write(authentication);
            if (!name.equals(session.principal())) {
                session.rotateId();
            }
            session.set(ATTRIBUTE, stored);
            session.principal(name);
        } else if (session.has(ATTRIBUTE)) {
            session.unset(ATTRIBUTE);
            session.principal(null);
        }
    }

    /**
     * Returns the user's name. Spring Security falls back to the principal's {@code toString}, which shows all of an entity's
     * fields; this throws instead.
     */
    static String name(Authentication authentication) {
        Object principal = authentication.getPrincipal();
        String name = authentication.getName();
        if (principal != null && isToString(name, principal)) {
            throw new IllegalStateException(
                    "A login with a " + principal.getClass().getName()
                            + " as its principal has no name but its toString, which may show secrets: let the class implement"
                            + " UserDetails, AuthenticatedPrincipal or java.security.Principal, or log in with the user's name");
        }
        return name;
    }

    private static boolean isToString(String name, Object principal) {
        return !BeanUtils.isSimpleValueType(principal.getClass())
                && !(principal instanceof UserDetails)
                && !(principal instanceof Principal)
                && !(principal instanceof AuthenticatedPrincipal)
                && name.equals(principal.toString());
    }

    private boolean isKept(Authentication authentication) {
        return !trust.isAnonymous(authentication)
                && !AnnotatedElementUtils.hasAnnotation(authentication.getClass(), Transient.class);
    }

    /** Spring Security's test support saves a context before any filter has run. */
    private static boolean isPreparedByATest(HttpServletRequest request) {
        return RequestSession.find(request) == null && request.getAttribute(IN_CHAIN) == null;
    }

    @Override
    public boolean containsContext(HttpServletRequest request) {
        RequestSession session = RequestSession.find(request);
        return session != null && session.has(ATTRIBUTE);
    }

    private @Nullable Authentication read(HttpServletRequest request) {
        RequestSession session = RequestSession.find(request);
        TokenBuffer stored = session == null ? null : session.get(ATTRIBUTE, TokenBuffer.class);
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
