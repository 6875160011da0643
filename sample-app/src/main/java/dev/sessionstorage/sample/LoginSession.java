package dev.sessionstorage.sample;

import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.session.SessionAuthenticationStrategy;
import org.springframework.stereotype.Component;

/** Sets the shop's own attributes of the session at a login, beside Spring Security's. The basket is kept. */
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
            // A new user must not see the attributes of the previous one.
            session.data().keySet().forEach(session::unset);
        }
        session.set("displayName", accounts.get(authentication.getName()).displayName());
        session.set("device", Device.of(request.getHeader(HttpHeaders.USER_AGENT)));
    }
}
