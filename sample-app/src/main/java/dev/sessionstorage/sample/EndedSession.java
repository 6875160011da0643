package dev.sessionstorage.sample;

import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.DefaultRedirectStrategy;
import org.springframework.security.web.RedirectStrategy;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.stereotype.Component;
import org.springframework.web.util.WebUtils;

/**
 * Redirects users whose session has ended, here or in another tab, to a page that says so, whether they followed a link or
 * submitted a form.
 */
@Component
class EndedSession extends LoginUrlAuthenticationEntryPoint implements AccessDeniedHandler {

    /** The pages to return to. Forms of other pages lead to the shop. */
    private static final List<String> PAGES =
            List.of("/account/devices", "/account", "/login", "/signup", "/session", "/stamps");

    private final RedirectStrategy redirects = new DefaultRedirectStrategy();
    private final String cookie;

    EndedSession(SessionCookie cookie) {
        super("/login");
        this.cookie = cookie.name();
    }

    /** Handles a page that needs a login. */
    @Override
    protected String determineUrlToUseForThisRequest(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException exception) {
        return request.getParameter("ended") != null || hasEnded(request) ? "/login?ended" : "/login";
    }

    /** Handles a form with a wrong CSRF token. Logged-in users are denied nothing else. */
    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
            throws IOException {
        // A request from another site must not change the session.
        boolean ownForm = "same-origin".equals(request.getHeader("Sec-Fetch-Site"));
        if (!wantsPage(request) || !(ownForm || RequestSession.of(request).isNew())) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        if (ownForm) {
            Unsaved.keep(request);
        }
        redirects.sendRedirect(request, response, next(request));
    }

    private static boolean wantsPage(HttpServletRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        return !request.getServletPath().startsWith("/api/") && accept != null && accept.contains("text/html");
    }

    private static String next(HttpServletRequest request) {
        String path = request.getServletPath();
        if (path.equals("/logout") && RequestSession.of(request).principal() == null) {
            return "/login?logout";
        }
        return PAGES.stream().filter(path::startsWith).findFirst().orElse("/") + "?ended";
    }

    private boolean hasEnded(HttpServletRequest request) {
        return WebUtils.getCookie(request, cookie) != null
                && RequestSession.of(request).isNew();
    }
}
