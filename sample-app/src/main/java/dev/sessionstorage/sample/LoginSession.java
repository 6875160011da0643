package dev.sessionstorage.sample;

import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.session.SessionAuthenticationStrategy;
import org.springframework.stereotype.Component;

/** What the shop keeps in the session when somebody logs in, beside what Spring Security keeps. The basket comes along. */
@Component
class LoginSession implements SessionAuthenticationStrategy {

    private final Accounts accounts;

    LoginSession(Accounts accounts) {
        this.accounts = accounts;
    }

    @Override
    public void onAuthentication(
            Authentication authentication, HttpServletRequest request, HttpServletResponse response) {
        RequestSession session = RequestSession.of(request);
        String before = session.principal();
        if (before != null && !before.equals(authentication.getName())) {
            // What somebody else has left behind is nobody's business.
            session.data().keySet().forEach(session::unset);
        }
        session.set("displayName", accounts.get(authentication.getName()).displayName());
        session.set("device", Device.of(request.getHeader(HttpHeaders.USER_AGENT)));
    }
}
