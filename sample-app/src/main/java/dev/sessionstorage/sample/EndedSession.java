package dev.sessionstorage.sample;

import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.DefaultRedirectStrategy;
import org.springframework.security.web.RedirectStrategy;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.session.InvalidSessionStrategy;
import org.springframework.stereotype.Component;
import org.springframework.web.util.WebUtils;

/** Leads somebody whose session has ended to a page that says so, from a link as well as from the middle of a form. */
@Component
class EndedSession extends LoginUrlAuthenticationEntryPoint implements InvalidSessionStrategy {

    private final RedirectStrategy redirects = new DefaultRedirectStrategy();
    private final String cookie;

    EndedSession(SessionCookie cookie) {
        super("/login");
        this.cookie = cookie.name();
    }

    /** A page that needs a login. */
    @Override
    protected String determineUrlToUseForThisRequest(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException exception) {
        return request.getParameter("ended") != null || hasEnded(request) ? "/login?ended" : "/login";
    }

    /** A form whose session, and so its CSRF token, is gone. */
    @Override
    public void onInvalidSessionDetected(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = request.getServletPath();
        // A session that is there and has given out no token yet has not ended: that form was none of its own.
        if (path.startsWith("/api/") || (hasCookie(request) && !hasEnded(request))) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        // Another site's form comes without the cookie (SameSite) and can leave nothing here.
        if (hasEnded(request)) {
            Unsaved.keep(request);
        }
        redirects.sendRedirect(request, response, next(path));
    }

    private static String next(String path) {
        if (path.equals("/logout")) {
            return "/login?logout";
        }
        if (path.startsWith("/account")) {
            return "/account?ended";
        }
        return path.equals("/login") || path.equals("/signup") ? path + "?ended" : "/?ended";
    }

    private boolean hasEnded(HttpServletRequest request) {
        return hasCookie(request) && RequestSession.of(request).isNew();
    }

    private boolean hasCookie(HttpServletRequest request) {
        return WebUtils.getCookie(request, cookie) != null;
    }
}
