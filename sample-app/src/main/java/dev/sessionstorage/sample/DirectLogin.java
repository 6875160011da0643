package dev.sessionstorage.sample;

import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.authentication.configuration.AuthenticationConfiguration;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.stereotype.Component;

/** A login without the login page, after signing up and in the JSON API: what Spring Security's form login does, by hand. */
@Component
class DirectLogin {

    private final AuthenticationManager authentications;
    private final LoginSession loginSession;
    private final SecurityContextRepository contexts;
    private final CsrfTokenRepository csrfTokens;

    DirectLogin(
            AuthenticationConfiguration configuration,
            LoginSession loginSession,
            SecurityContextRepository contexts,
            CsrfTokenRepository csrfTokens) {
        this.authentications = configuration.getAuthenticationManager();
        this.loginSession = loginSession;
        this.contexts = contexts;
        this.csrfTokens = csrfTokens;
    }

    /**
     * Logs in: a new id for the session against fixation, a new CSRF token, a principal.
     *
     * @return who is logged in now
     * @throws AuthenticationException if the password is not the account's, or there is no such account
     */
    Authentication logIn(String username, String password, HttpServletRequest request, HttpServletResponse response) {
        // A second click's login may move the session while this one's password is checked: read it before.
        RequestSession.of(request).principal();
        Authentication authentication =
                authentications.authenticate(UsernamePasswordAuthenticationToken.unauthenticated(username, password));
        loginSession.onAuthentication(authentication, request, response);
        RequestSession.of(request).rotateId();
        csrfTokens.saveToken(null, request, response);
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(authentication);
        SecurityContextHolder.setContext(context);
        contexts.saveContext(context, request, response);
        return authentication;
    }
}
