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
 * The application's sessions that the cookies of MockMvc's requests and responses name. A cookie without a value means that the
 * browser has none.
 */
final class MockMvcSessions {

    private final SessionStorage storage;

    MockMvcSessions(SessionStorage storage) {
        this.storage = storage;
    }

    /** Returns the sessions of the application that receives the request. */
    static MockMvcSessions of(MockHttpServletRequest request) {
        return new MockMvcSessions(
                WebApplicationContextUtils.getRequiredWebApplicationContext(request.getServletContext())
                        .getBean(SessionStorage.class));
    }

    /** Returns the session that the request's cookies name, or a new one. */
    Session before(MockHttpServletRequest request) {
        List<String> headers = Collections.list(request.getHeaders(HttpHeaders.COOKIE));
        return storage.getSession(headers.isEmpty() ? null : String.join("; ", headers));
    }

    /** Returns the session that a browser would have after the response, or a new one. */
    Session after(MvcResult result) {
        return session(cookieAfter(result));
    }

    /** Returns the session that a browser would have after the response, and asserts that it exists. */
    Session existing(MvcResult result) {
        Session session = after(result);
        AssertionErrors.assertFalse("There is no session after the request", session.isNew());
        return session;
    }

    Session session(Cookie cookie) {
        return storage.getSession(cookie.getName() + "=" + cookie.getValue());
    }

    /** Stores a session and returns the cookie to send; it has no value if the session is new and empty. */
    Cookie commit(Session session) {
        String header = storage.commitSession(session);
        int equals = header.indexOf('=');
        int semicolon = header.indexOf(';');
        String value = header.substring(equals + 1, semicolon < 0 ? header.length() : semicolon);
        return new Cookie(header.substring(0, equals), value);
    }

    /** Returns the session cookie that a browser would hold after the response. */
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

    /** Sets a cookie on a request, as an object and in the header, and replaces any of the same name. */
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

    /** Parses the Cookie header, because a test may have set only that and no objects. */
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

    /** Returns a value as the session would return it without a type. */
    @Nullable
    Object natural(Object value) {
        Session scratch = storage.getSession();
        scratch.set("value", value);
        return scratch.data().get("value");
    }
}
