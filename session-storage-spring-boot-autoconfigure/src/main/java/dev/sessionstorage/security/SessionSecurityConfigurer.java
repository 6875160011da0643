package dev.sessionstorage.security;

import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.LogoutConfigurer;
import org.springframework.security.config.annotation.web.configurers.RememberMeConfigurer;
import org.springframework.security.config.annotation.web.configurers.SecurityContextConfigurer;
import org.springframework.security.config.annotation.web.configurers.ServletApiConfigurer;
import org.springframework.security.config.annotation.web.configurers.SessionManagementConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.RememberMeServices;
import org.springframework.security.web.authentication.logout.CompositeLogoutHandler;
import org.springframework.security.web.authentication.logout.LogoutFilter;
import org.springframework.security.web.authentication.logout.LogoutHandler;
import org.springframework.security.web.authentication.rememberme.TokenBasedRememberMeServices;
import org.springframework.security.web.context.DelegatingSecurityContextRepository;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.savedrequest.NullRequestCache;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.security.web.servletapi.SecurityContextHolderAwareRequestFilter;
import org.springframework.security.web.session.SimpleRedirectInvalidSessionStrategy;

/**
 * Lets a filter chain keep in the session what it would have kept in {@code HttpSession}: who is logged in, CSRF tokens,
 * "remember me", and gives the session a new id at each login and an end at logout. It runs before the application's own
 * configuration of the chain, which replaces each part by the methods that Spring Security has for it. A chain with
 * {@link SessionCreationPolicy#STATELESS} is left alone.
 *
 * <p>Spring Security looks for {@code HttpSession} in some places that its methods do not reach. Those are found by the names
 * of its fields; one that is missing stops the start.
 */
public final class SessionSecurityConfigurer extends AbstractHttpConfigurer<SessionSecurityConfigurer, HttpSecurity> {

    private final SecurityContextRepository contexts;

    /** Spring Security's own "remember me", in whose place the session is remembered. */
    private @Nullable RememberMeConfigurer<?> replaced;

    private SessionSecurityConfigurer(SecurityContextRepository contexts) {
        this.contexts = contexts;
    }

    /**
     * A customizer for every {@link HttpSecurity}; make it a bean of the highest precedence.
     *
     * @param contexts where logins are kept, usually from {@link #inRequestAndSession}
     * @param tokens where CSRF tokens are kept
     * @param postProcessor Spring Security's own
     * @param adjustments what else to do to the filters that Spring Security makes
     * @return the customizer
     */
    public static Customizer<HttpSecurity> customizer(
            SecurityContextRepository contexts,
            CsrfTokenRepository tokens,
            ObjectPostProcessor<Object> postProcessor,
            Consumer<Object> adjustments) {
        return http -> {
            StaleForms staleForms = new StaleForms();
            http.objectPostProcessor(new WithoutHttpSession(postProcessor, staleForms, adjustments));
            // Spring Security has made these two before, with its own post-processor.
            http.csrf(csrf -> csrf.csrfTokenRepository(tokens).addObjectPostProcessor(staleForms));
            http.exceptionHandling(handling -> handling.addObjectPostProcessor(staleForms));
            // Applied again after this one, so that it finds this one's repository when it is initialized.
            http.sessionManagement(AbstractHttpConfigurer::disable);
            http.with(new SessionSecurityConfigurer(contexts), Customizer.withDefaults());
            http.sessionManagement(Customizer.withDefaults());
        };
    }

    /**
     * The repository of an application that logs in some requests only, by HTTP Basic for instance, and others for good.
     *
     * @param sessions where logins are kept for good
     * @return a repository that looks into the request first
     */
    public static SecurityContextRepository inRequestAndSession(SessionSecurityContextRepository sessions) {
        return new DelegatingSecurityContextRepository(new RequestAttributeSecurityContextRepository(), sessions);
    }

    @Override
    @SuppressWarnings("unchecked")
    public void init(HttpSecurity http) {
        SessionManagementConfigurer<HttpSecurity> management = http.getConfigurer(SessionManagementConfigurer.class);
        if (management != null
                && WithoutHttpSession.field(management, "sessionPolicy") == SessionCreationPolicy.STATELESS) {
            if (http.getSharedObject(RequestCache.class) instanceof SessionRequestCache) {
                http.setSharedObject(RequestCache.class, new NullRequestCache());
            }
            return;
        }
        requireExplicitSave(http.getConfigurer(SecurityContextConfigurer.class));
        if (http.getSharedObject(SecurityContextRepository.class) == null) {
            http.setSharedObject(SecurityContextRepository.class, contexts);
        }
        WithoutHttpSession.readsTheSessionBeforeALogin(http);
        if (management != null) {
            management.addSessionAuthenticationStrategy(SessionSecurityConfigurer::rotate);
            redirectWithoutHttpSession(management);
        }
        ServletApiConfigurer<HttpSecurity> servletApi = http.getConfigurer(ServletApiConfigurer.class);
        if (servletApi != null) {
            servletApi.addObjectPostProcessor(new ServletLogins(http));
        }
        LogoutConfigurer<HttpSecurity> logout = http.getConfigurer(LogoutConfigurer.class);
        if (logout != null) {
            logout.addLogoutHandler(SessionSecurityConfigurer::destroy);
        }
        RememberMeConfigurer<HttpSecurity> rememberMe = http.getConfigurer(RememberMeConfigurer.class);
        if (rememberMe != null
                && WithoutHttpSession.field(rememberMe, "rememberMeServices") == null
                && WithoutHttpSession.field(rememberMe, "tokenRepository") == null) {
            // It is still initialized, but adds no filter: that would read each request's session, to find no second
            // cookie.
            replaced = http.removeConfigurer(RememberMeConfigurer.class);
            if (logout != null) {
                logout.addObjectPostProcessor(new LogoutWithoutToken());
            }
        }
    }

    @Override
    public void configure(HttpSecurity http) {
        WithoutHttpSession.inFailureHandlers(http);
        if (replaced != null
                && WithoutHttpSession.field(replaced, "rememberMeServices")
                        instanceof TokenBasedRememberMeServices token) {
            http.setSharedObject(RememberMeServices.class, inSession(token));
        }
    }

    /** {@code invalidSessionUrl} would make one; a strategy of the application's own does as it likes. */
    private static void redirectWithoutHttpSession(SessionManagementConfigurer<HttpSecurity> management) {
        if (WithoutHttpSession.field(management, "invalidSessionStrategy") == null
                && WithoutHttpSession.field(management, "invalidSessionUrl") instanceof String url) {
            SimpleRedirectInvalidSessionStrategy redirect = new SimpleRedirectInvalidSessionStrategy(url);
            redirect.setCreateNewSession(false);
            management.invalidSessionStrategy(redirect);
        }
    }

    private static void requireExplicitSave(@Nullable SecurityContextConfigurer<?> context) {
        if (context != null && !Boolean.TRUE.equals(WithoutHttpSession.field(context, "requireExplicitSave"))) {
            throw new IllegalStateException("requireExplicitSave(false) saves each request's login after its response,"
                    + " when its session cannot be changed any more: remove it");
        }
    }

    /** {@code HttpServletRequest.login()} keeps its login where the chain keeps all. */
    private record ServletLogins(HttpSecurity http)
            implements ObjectPostProcessor<SecurityContextHolderAwareRequestFilter> {

        @Override
        public <O extends SecurityContextHolderAwareRequestFilter> O postProcess(O filter) {
            SecurityContextRepository repository = http.getSharedObject(SecurityContextRepository.class);
            if (repository != null) {
                filter.setSecurityContextRepository(repository);
                initialize(filter);
            }
            return filter;
        }
    }

    /** The token's services have told the logout to expire their cookie, which nobody has. */
    private record LogoutWithoutToken() implements ObjectPostProcessor<LogoutFilter> {

        @Override
        @SuppressWarnings("unchecked")
        public <O extends LogoutFilter> O postProcess(O filter) {
            Object all = Objects.requireNonNull(WithoutHttpSession.field(filter, "handler"));
            List<LogoutHandler> handlers = (List<LogoutHandler>) WithoutHttpSession.field(all, "logoutHandlers");
            List<LogoutHandler> others = Objects.requireNonNull(handlers).stream()
                    .filter(handler -> handler.getClass() != TokenBasedRememberMeServices.class)
                    .toList();
            new DirectFieldAccessor(filter).setPropertyValue("handler", new CompositeLogoutHandler(others));
            return filter;
        }
    }

    /** Once more: it hands the repository on when it is initialized. */
    private static void initialize(SecurityContextHolderAwareRequestFilter filter) {
        try {
            filter.afterPropertiesSet();
        } catch (ServletException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A new id against session fixation (ASVS 5.0, 7.2.4). */
    private static void rotate(
            Authentication authentication, HttpServletRequest request, HttpServletResponse response) {
        PrincipalSessionRegistry.loggingIn(request);
        RequestSession.of(request).rotateId();
    }

    private static void destroy(
            HttpServletRequest request, HttpServletResponse response, @Nullable Authentication authentication) {
        RequestSession.of(request).destroy();
    }

    /** The same for the session as {@code rememberMe()} was told for its token. */
    private static RememberMeServices inSession(TokenBasedRememberMeServices token) {
        Integer seconds = (Integer) Objects.requireNonNull(WithoutHttpSession.field(token, "tokenValiditySeconds"));
        boolean always = Boolean.TRUE.equals(WithoutHttpSession.field(token, "alwaysRemember"));
        return new SessionRememberMeServices(token.getParameter(), Duration.ofSeconds(seconds), always);
    }
}
