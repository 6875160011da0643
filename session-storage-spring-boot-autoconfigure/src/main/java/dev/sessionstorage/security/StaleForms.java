package dev.sessionstorage.security;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.AccessDeniedHandlerImpl;
import org.springframework.security.web.access.CompositeAccessDeniedHandler;
import org.springframework.security.web.access.DelegatingAccessDeniedHandler;
import org.springframework.security.web.access.DelegatingMissingAuthorityAccessDeniedHandler;
import org.springframework.security.web.access.ExceptionTranslationFilter;
import org.springframework.security.web.access.ObservationMarkingAccessDeniedHandler;
import org.springframework.security.web.authentication.AbstractAuthenticationProcessingFilter;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.InvalidCsrfTokenException;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Sends a user whose form is older than the session to the login page instead of answering 403. Either the session has ended
 * meanwhile, or this is the login form of a second tab. The form's CSRF token is invalid, so nothing is executed or stored.
 */
final class StaleForms implements ObjectPostProcessor<Object> {

    private final List<RequestMatcher> logins = new ArrayList<>();
    private @Nullable AuthenticationEntryPoint login;

    /** Inspects a chain's filters as they are created. */
    @Override
    public <O> O postProcess(O filter) {
        if (filter instanceof AbstractAuthenticationProcessingFilter login) {
            logins.add(logins(login));
        } else if (filter instanceof ExceptionTranslationFilter translation) {
            login = translation.getAuthenticationEntryPoint();
        } else if (filter instanceof CsrfFilter csrf) {
            AccessDeniedHandler others =
                    (AccessDeniedHandler) Objects.requireNonNull(WithoutHttpSession.field(csrf, "accessDeniedHandler"));
            AccessDeniedHandler answering = withoutObservation(others);
            boolean onlyWrongTokens = isDefaultWithoutSession(answering);
            if (isDefault(answering) || onlyWrongTokens) {
                csrf.setAccessDeniedHandler((request, response, denied) -> {
                    if (isStale(denied, onlyWrongTokens) && isForm(request) && leadsToLogin(request)) {
                        answer(request, response);
                    } else {
                        others.handle(request, response, denied);
                    }
                });
            }
        }
        return filter;
    }

    /** Returns which requests a filter treats as logins. */
    static RequestMatcher logins(AbstractAuthenticationProcessingFilter filter) {
        return (RequestMatcher)
                Objects.requireNonNull(WithoutHttpSession.field(filter, "requiresAuthenticationRequestMatcher"));
    }

    /** Whether the handler is Spring Security's default. The application's own handler is left alone. */
    private static boolean isDefault(AccessDeniedHandler handler) {
        return handler instanceof DelegatingMissingAuthorityAccessDeniedHandler
                || (handler.getClass() == AccessDeniedHandlerImpl.class
                        && WithoutHttpSession.field(handler, "errorPage") == null);
    }

    /**
     * Whether the handler is the default one combined with the application's strategy for invalid sessions. That strategy
     * handles sessions that are gone, so only wrong tokens are left.
     */
    private static boolean isDefaultWithoutSession(AccessDeniedHandler handler) {
        return handler instanceof DelegatingAccessDeniedHandler
                && WithoutHttpSession.field(handler, "defaultHandler") instanceof AccessDeniedHandler rest
                && isDefault(rest);
    }

    /** Unwraps the handler. With observations enabled, Spring Security combines it with one that marks the request. */
    private static AccessDeniedHandler withoutObservation(AccessDeniedHandler handler) {
        return handler instanceof CompositeAccessDeniedHandler
                        && WithoutHttpSession.field(handler, "handlers") instanceof Collection<?> handlers
                ? handlers.stream()
                        .filter(one -> !(one instanceof ObservationMarkingAccessDeniedHandler))
                        .map(AccessDeniedHandler.class::cast)
                        .reduce((first, second) -> handler)
                        .orElse(handler)
                : handler;
    }

    private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
        Objects.requireNonNull(login)
                .commence(
                        request,
                        response,
                        new InsufficientAuthenticationException("The form is older than the session"));
    }

    private boolean isStale(AccessDeniedException denied, boolean onlyWrongTokens) {
        return login != null
                && (onlyWrongTokens ? denied instanceof InvalidCsrfTokenException : denied instanceof CsrfException);
    }

    /** Whether a browser will display the answer. Scripts, and clients that authenticate each request, get the 403. */
    private static boolean isForm(HttpServletRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        String mode = request.getHeader("Sec-Fetch-Mode");
        return accept != null
                && accept.contains(MediaType.TEXT_HTML_VALUE)
                && (mode == null || mode.equals("navigate"))
                && request.getHeader("X-Requested-With") == null
                && request.getHeader(HttpHeaders.AUTHORIZATION) == null;
    }

    private boolean leadsToLogin(HttpServletRequest request) {
        Authentication user = SecurityContextHolder.getContext().getAuthentication();
        return user == null
                || new AuthenticationTrustResolverImpl().isAnonymous(user)
                || logins.stream().anyMatch(matcher -> matcher.matches(request));
    }
}
