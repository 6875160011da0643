package dev.sessionstorage.security;

import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.LogoutConfigurer;
import org.springframework.security.config.annotation.web.configurers.SessionManagementConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.AbstractAuthenticationProcessingFilter;
import org.springframework.security.web.authentication.RememberMeServices;
import org.springframework.security.web.authentication.SimpleUrlAuthenticationFailureHandler;
import org.springframework.security.web.authentication.rememberme.TokenBasedRememberMeServices;
import org.springframework.security.web.authentication.session.RegisterSessionAuthenticationStrategy;
import org.springframework.security.web.context.DelegatingSecurityContextRepository;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.session.InvalidSessionStrategy;
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
            http.objectPostProcessor(new ObjectPostProcessor<>() {
                @Override
                public <O> O postProcess(O object) {
                    adjust(object);
                    adjustments.accept(object);
                    return postProcessor.postProcess(withoutHttpSession(object));
                }
            });
            http.csrf(csrf -> csrf.csrfTokenRepository(tokens));
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
        if (management != null && field(management, "sessionPolicy") == SessionCreationPolicy.STATELESS) {
            return;
        }
        if (http.getSharedObject(SecurityContextRepository.class) == null) {
            http.setSharedObject(SecurityContextRepository.class, contexts);
        }
        if (management != null) {
            management.addSessionAuthenticationStrategy(SessionSecurityConfigurer::rotate);
        }
        LogoutConfigurer<HttpSecurity> logout = http.getConfigurer(LogoutConfigurer.class);
        if (logout != null) {
            logout.addLogoutHandler(SessionSecurityConfigurer::destroy);
        }
    }

    @Override
    public void configure(HttpSecurity http) {
        RememberMeServices rememberMe = http.getSharedObject(RememberMeServices.class);
        if (rememberMe != null && rememberMe.getClass() == TokenBasedRememberMeServices.class) {
            http.setSharedObject(RememberMeServices.class, inSession((TokenBasedRememberMeServices) rememberMe));
        }
        if (http.getSharedObject(InvalidSessionStrategy.class)
                instanceof SimpleRedirectInvalidSessionStrategy redirect) {
            redirect.setCreateNewSession(false);
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
        Integer seconds = (Integer) Objects.requireNonNull(field(token, "tokenValiditySeconds"));
        boolean always = Boolean.TRUE.equals(field(token, "alwaysRemember"));
        return new SessionRememberMeServices(token.getParameter(), Duration.ofSeconds(seconds), always);
    }

    /** A failed login would be remembered in an {@code HttpSession}, made for it. */
    private static void adjust(Object object) {
        if (object instanceof AbstractAuthenticationProcessingFilter login
                && field(login, "failureHandler") instanceof SimpleUrlAuthenticationFailureHandler redirect) {
            redirect.setAllowSessionCreation(false);
        }
    }

    /** With {@code maximumSessions}, each login would be told the id of an {@code HttpSession}, made for it. */
    @SuppressWarnings("unchecked")
    private static <O> O withoutHttpSession(O object) {
        return object instanceof RegisterSessionAuthenticationStrategy
                        && field(object, "sessionRegistry") instanceof PrincipalSessionRegistry registry
                ? (O) new RegisteredByItsPrincipal(registry)
                : object;
    }

    private static final class RegisteredByItsPrincipal extends RegisterSessionAuthenticationStrategy {

        RegisteredByItsPrincipal(PrincipalSessionRegistry registry) {
            super(registry);
        }

        @Override
        public void onAuthentication(
                Authentication authentication, HttpServletRequest request, HttpServletResponse response) {
            // The commit of a session with a principal registers it.
        }
    }

    static @Nullable Object field(Object target, String name) {
        return new DirectFieldAccessor(target).getPropertyValue(name);
    }
}
