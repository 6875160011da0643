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

/**
 * Logs in without the login page, after signing up and in the JSON API. It does by hand what Spring Security's form login does.
 */
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
     * Logs in: rotates the id against session fixation, renews the CSRF token and sets the principal.
     *
     * @return the user who is now logged in
     * @throws AuthenticationException if the account does not exist or the password is wrong
     */
    Authentication logIn(String username, String password, HttpServletRequest request, HttpServletResponse response) {
        // Read the session before the password check: on a double submit, the other login may rotate its id meanwhile.
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
