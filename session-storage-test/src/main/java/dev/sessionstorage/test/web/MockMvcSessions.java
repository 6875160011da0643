package dev.sessionstorage.test.web;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import jakarta.servlet.http.Cookie;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.test.util.AssertionErrors;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.web.context.support.WebApplicationContextUtils;

/**
 * The application's sessions, as the cookies of MockMvc's requests and responses name them. A cookie without a value means: the
 * browser has none.
 */
final class MockMvcSessions {

    private final SessionStorage storage;

    MockMvcSessions(SessionStorage storage) {
        this.storage = storage;
    }

    /** Those of the application that a request is for. */
    static MockMvcSessions of(MockHttpServletRequest request) {
        return new MockMvcSessions(
                WebApplicationContextUtils.getRequiredWebApplicationContext(request.getServletContext())
                        .getBean(SessionStorage.class));
    }

    /** The session that the request's cookies name, or a new one. */
    Session before(MockHttpServletRequest request) {
        List<String> headers = Collections.list(request.getHeaders(HttpHeaders.COOKIE));
        return storage.getSession(headers.isEmpty() ? null : String.join("; ", headers));
    }

    /** The session that a browser would be in after the response, or a new one. */
    Session after(MvcResult result) {
        return session(cookieAfter(result));
    }

    /** The session that a browser would be in after the response; it is an assertion that there is one. */
    Session existing(MvcResult result) {
        Session session = after(result);
        AssertionErrors.assertFalse("There is no session after the request", session.isNew());
        return session;
    }

    Session session(Cookie cookie) {
        return storage.getSession(cookie.getName() + "=" + cookie.getValue());
    }

    /** Stores a session and gives the cookie to send; one without a value for a new session that is still empty. */
    Cookie commit(Session session) {
        String header = storage.commitSession(session);
        int equals = header.indexOf('=');
        int semicolon = header.indexOf(';');
        String value = header.substring(equals + 1, semicolon < 0 ? header.length() : semicolon);
        return new Cookie(header.substring(0, equals), value);
    }

    /** The session's cookie that a browser would hold after the response. */
    Cookie cookieAfter(MvcResult result) {
        Cookie none = commit(storage.getSession());
        Cookie last = null;
        for (Cookie set : result.getResponse().getCookies()) {
            if (set.getName().equals(none.getName())) {
                last = set.getMaxAge() == 0 ? none : new Cookie(none.getName(), set.getValue());
            }
        }
        return last != null
                ? last
                : cookies(result.getRequest()).stream()
                        .filter(cookie -> cookie.getName().equals(none.getName()))
                        .findFirst()
                        .orElse(none);
    }

    /** Puts a cookie on a request in place of those of its name, in the form of an object and in the header. */
    static MockHttpServletRequest send(Cookie cookie, MockHttpServletRequest request) {
        List<Cookie> cookies = cookies(request);
        cookies.removeIf(other -> other.getName().equals(cookie.getName()));
        if (!cookie.getValue().isEmpty()) {
            cookies.add(cookie);
        }
        request.setCookies(cookies.toArray(Cookie[]::new));
        return request;
    }

    static boolean carries(Cookie cookie, MockHttpServletRequest request) {
        return cookies(request).stream().anyMatch(other -> other.getName().equals(cookie.getName()));
    }

    /** What stands in the Cookie header: a test may have set that and no objects. */
    private static List<Cookie> cookies(MockHttpServletRequest request) {
        List<Cookie> cookies = new ArrayList<>();
        for (String header : Collections.list(request.getHeaders(HttpHeaders.COOKIE))) {
            for (String pair : header.split(";", -1)) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    cookies.add(new Cookie(
                            pair.substring(0, equals).strip(),
                            pair.substring(equals + 1).strip()));
                }
            }
        }
        return cookies;
    }

    /** A value as the session would give it back without being asked for a type. */
    @Nullable
    Object natural(Object value) {
        Session scratch = storage.getSession();
        scratch.set("value", value);
        return scratch.data().get("value");
    }
}
