package dev.sessionstorage.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * The cookies of a request and of its response, for as long as the request lasts. Afterwards the container gives both objects to
 * the next request, which is another user's: what still runs then must not touch them.
 */
final class RequestCookies {

    private @Nullable HttpServletRequest request;
    private @Nullable HttpServletResponse response;
    /** The Set-Cookie header that this object has added to the response. */
    private @Nullable String added;

    /** Begins, or goes on with another dispatch of the same request. */
    synchronized void bind(HttpServletRequest request, HttpServletResponse response) {
        this.request = request;
        this.response = response;
    }

    synchronized void end() {
        request = null;
        response = null;
    }

    synchronized boolean hasEnded() {
        return request == null;
    }

    /** All Cookie headers in one, null if the request has none. */
    synchronized @Nullable String header() {
        List<String> headers = headers();
        return headers.isEmpty() ? null : String.join("; ", headers);
    }

    /** Whether the request carries a cookie with just this name and value. */
    synchronized boolean has(String pair) {
        return headers().stream().anyMatch(sent -> sent.contains(pair));
    }

    synchronized boolean isResponseCommitted() {
        return response().isCommitted();
    }

    /** Adds a cookie in place of one of an earlier commit, unless the application has set one with that value itself. */
    synchronized void add(String header) {
        HttpServletResponse target = response();
        if (target.isCommitted()) {
            return;
        }
        List<String> cookies = new ArrayList<>(target.getHeaders(HttpHeaders.SET_COOKIE));
        cookies.removeIf(other -> other.equals(added));
        String pair = pair(header);
        if (cookies.stream().noneMatch(other -> pair(other).equals(pair))) {
            cookies.add(header);
            added = header;
            // The others again, in their order: no container removes one of several.
            target.setHeader(HttpHeaders.SET_COOKIE, cookies.get(0));
            cookies.stream().skip(1).forEach(cookie -> target.addHeader(HttpHeaders.SET_COOKIE, cookie));
        }
    }

    /** The cookie's name and value. */
    static String pair(String header) {
        int semicolon = header.indexOf(';');
        return semicolon < 0 ? header : header.substring(0, semicolon);
    }

    private List<String> headers() {
        if (request == null) {
            throw ended();
        }
        return Collections.list(request.getHeaders(HttpHeaders.COOKIE));
    }

    private HttpServletResponse response() {
        if (response == null) {
            throw ended();
        }
        return response;
    }

    static IllegalStateException ended() {
        return new IllegalStateException(
                "The request of this session has ended. Whatever goes on after it, as in another thread, takes what it"
                        + " needs out of the session before, or opens the session itself: it keeps the request's Cookie"
                        + " header, and calls SessionStorage.getSession(cookieHeader) and commitSession(session)");
    }
}
