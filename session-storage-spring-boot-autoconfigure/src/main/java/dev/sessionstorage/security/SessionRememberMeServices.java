package dev.sessionstorage.security;

import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.RememberMeServices;
import org.springframework.security.web.authentication.rememberme.AbstractRememberMeServices;

/**
 * "Remember me" by a longer session: a login sets the session's idle timeout and its cookie's {@code Max-Age} to the given
 * time. There is no second cookie that logs in again. The session's absolute timeout still holds. A remembered session counts
 * as a full login, so ask for the password again before sensitive actions.
 */
public final class SessionRememberMeServices implements RememberMeServices {

    private final String parameter;
    private final Duration maxAge;
    private final boolean always;

    /**
     * Remembers users who tick {@code remember-me}.
     *
     * @param maxAge the idle timeout of a remembered session, at least a second
     */
    public SessionRememberMeServices(Duration maxAge) {
        this(AbstractRememberMeServices.DEFAULT_PARAMETER, maxAge, false);
    }

    /**
     * Remembers all users, or those who ask for it.
     *
     * @param parameter the request parameter that asks for it with "true", "on", "yes" or "1"
     * @param maxAge the idle timeout of a remembered session, at least a second
     * @param always whether all users are remembered, whatever the parameter says
     */
    public SessionRememberMeServices(String parameter, Duration maxAge, boolean always) {
        if (maxAge.toSeconds() < 1) {
            throw new IllegalArgumentException(
                    "A remembered session needs a max-age of at least a second, not " + maxAge);
        }
        this.parameter = parameter;
        this.maxAge = maxAge;
        this.always = always;
    }

    /** Always null: the session itself keeps the login. */
    @Override
    public @Nullable Authentication autoLogin(HttpServletRequest request, HttpServletResponse response) {
        return null;
    }

    @Override
    public void loginFail(HttpServletRequest request, HttpServletResponse response) {
        // Nothing to undo.
    }

    @Override
    public void loginSuccess(
            HttpServletRequest request, HttpServletResponse response, Authentication successfulAuthentication) {
        boolean remembered = always || isRequested(request.getParameter(parameter));
        RequestSession.of(request).idleTimeout(remembered ? maxAge : null);
    }

    private static boolean isRequested(@Nullable String value) {
        return value != null
                && (value.equalsIgnoreCase("true")
                        || value.equalsIgnoreCase("on")
                        || value.equalsIgnoreCase("yes")
                        || value.equals("1"));
    }
}
