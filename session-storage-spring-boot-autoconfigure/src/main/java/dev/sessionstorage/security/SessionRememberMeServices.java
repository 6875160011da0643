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
 * "Remember me" by a session that lives longer: its idle timeout and its cookie's {@code Max-Age} become those given here,
 * instead of a second cookie that logs in again. The session's absolute timeout still holds. It stays a full login all the
 * time: ask for the password again before what is sensitive.
 */
public final class SessionRememberMeServices implements RememberMeServices {

    private final String parameter;
    private final Duration maxAge;
    private final boolean always;

    /**
     * Remembers those who tick {@code remember-me}.
     *
     * @param maxAge how long an unused session lives then, at least a second
     */
    public SessionRememberMeServices(Duration maxAge) {
        this(AbstractRememberMeServices.DEFAULT_PARAMETER, maxAge, false);
    }

    /**
     * Remembers some or all who log in.
     *
     * @param parameter the request parameter that asks for it with "true", "on", "yes" or "1"
     * @param maxAge how long an unused session lives then, at least a second
     * @param always whether everybody is remembered, whatever the parameter says
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

    /** The session itself is what is remembered. */
    @Override
    public @Nullable Authentication autoLogin(HttpServletRequest request, HttpServletResponse response) {
        return null;
    }

    @Override
    public void loginFail(HttpServletRequest request, HttpServletResponse response) {
        // There is nothing to take back.
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
