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
 * Makes a filter chain use the session instead of {@code HttpSession} for logins, CSRF tokens and "remember me". It rotates the
 * session's id at each login and destroys the session at logout. It runs before the application's own configuration of the
 * chain, which can replace each part with Spring Security's usual methods. A chain with {@link SessionCreationPolicy#STATELESS}
 * is left alone.
 *
 * <p>Spring Security uses {@code HttpSession} in some places that its API does not reach. Those are changed through fields,
 * found by name; if a field is missing, startup fails.
 */
public final class SessionSecurityConfigurer extends AbstractHttpConfigurer<SessionSecurityConfigurer, HttpSecurity> {

    private final SecurityContextRepository contexts;

    /** Spring Security's own "remember me", which {@link SessionRememberMeServices} replaces. */
    private @Nullable RememberMeConfigurer<?> replaced;

    private SessionSecurityConfigurer(SecurityContextRepository contexts) {
        this.contexts = contexts;
    }

    /**
     * Creates a customizer for every {@link HttpSecurity}. Make it a bean of the highest precedence.
     *
     * @param contexts where logins are kept, usually from {@link #inRequestAndSession}
     * @param tokens where CSRF tokens are kept
     * @param postProcessor Spring Security's own
     * @param adjustments further changes to the filters that Spring Security creates
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
            // Spring Security has already created these two configurers, with its own post-processor.
            http.csrf(csrf -> csrf.csrfTokenRepository(tokens).addObjectPostProcessor(staleForms));
            http.exceptionHandling(handling -> handling.addObjectPostProcessor(staleForms));
            // Applied again after this configurer, so that its initialization finds the repository that this one sets.
            http.sessionManagement(AbstractHttpConfigurer::disable);
            http.with(new SessionSecurityConfigurer(contexts), Customizer.withDefaults());
            http.sessionManagement(Customizer.withDefaults());
        };
    }

    /**
     * Returns a repository for an application that authenticates some requests one by one, for instance by HTTP Basic, and
     * keeps other logins in the session.
     *
     * @param sessions the repository that keeps logins in the session
     * @return a repository that looks in the request first
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
            // It is still initialized but adds no filter. The filter would read the
            // session in every request, only to find no remember-me cookie.
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

    /** Keeps {@code invalidSessionUrl} from creating an {@code HttpSession}. The application's own strategy is left alone. */
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
                    + " when the session can no longer be changed: remove it");
        }
    }

    /** Lets {@code HttpServletRequest.login()} store its login in the chain's repository. */
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

    /** Removes the logout handler that would expire the remember-me cookie, which no browser has. */
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

    /** Initializes the filter again: that is when it passes the repository on. */
    private static void initialize(SecurityContextHolderAwareRequestFilter filter) {
        try {
            filter.afterPropertiesSet();
        } catch (ServletException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Rotates the id against session fixation (ASVS 5.0, 7.2.4). */
    private static void rotate(
            Authentication authentication, HttpServletRequest request, HttpServletResponse response) {
        PrincipalSessionRegistry.loggingIn(request);
        RequestSession.of(request).rotateId();
    }

    private static void destroy(
            HttpServletRequest request, HttpServletResponse response, @Nullable Authentication authentication) {
        RequestSession.of(request).destroy();
    }

    /** Applies the settings of {@code rememberMe()} to the session instead of a token. */
    private static RememberMeServices inSession(TokenBasedRememberMeServices token) {
        Integer seconds = (Integer) Objects.requireNonNull(WithoutHttpSession.field(token, "tokenValiditySeconds"));
        boolean always = Boolean.TRUE.equals(WithoutHttpSession.field(token, "alwaysRemember"));
        return new SessionRememberMeServices(token.getParameter(), Duration.ofSeconds(seconds), always);
    }
}
