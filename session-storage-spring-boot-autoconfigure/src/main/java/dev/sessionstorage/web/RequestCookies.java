package dev.sessionstorage.web;

import dev.sessionstorage.SessionCookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * The cookies of a request and its response, until the request ends. The container then reuses both objects for another user's
 * request, so code that is still running must not touch them.
 */
final class RequestCookies {

    private @Nullable HttpServletRequest request;
    private @Nullable HttpServletResponse response;
    private final SetCookies setCookies;

    RequestCookies(SessionCookie cookie) {
        setCookies = new SetCookies(cookie);
    }

    /** Binds the first or a further dispatch of the same request. */
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

    /** All Cookie headers joined into one, or the cookie of this response if it already sets one; null if there is neither. */
    synchronized @Nullable String header() {
        String sent = setCookies.sent();
        if (sent != null) {
            return sent;
        }
        List<String> headers = headers();
        return headers.isEmpty() ? null : String.join("; ", headers);
    }

    /** Whether the request carries a cookie with exactly this name and value. */
    synchronized boolean has(String pair) {
        return headers().stream()
                .flatMap(header -> Arrays.stream(header.split(";", -1)))
                .anyMatch(cookie -> cookie.trim().equals(pair));
    }

    /** Whether the user may never see the response. */
    synchronized boolean isGlance() {
        return request != null && Glance.is(request);
    }

    synchronized boolean isResponseCommitted() {
        return response().isCommitted();
    }

    /**
     * Whether a cookie that could wait for a later response may go with this one. It must not make a cacheable response
     * private.
     */
    synchronized boolean maySlide() {
        return !response().isCommitted() && ResponseHeaders.mayCarryCookie(response());
    }

    /** Sends the session's cookie and replaces that of an earlier commit. */
    synchronized void send(String setCookie) {
        setCookies.want(setCookie);
        complete();
    }

    /**
     * Orders the Set-Cookie headers and adds the caching headers that the session's cookie requires, whether this class or the
     * application has set it.
     *
     * @return the session's Set-Cookie headers that are about to be sent
     */
    synchronized List<String> complete() {
        return response().isCommitted()
                ? List.of()
                : setCookies.ofSession(ResponseHeaders.complete(response(), setCookies));
    }

    /** Returns those Set-Cookie headers that set or expire the session's cookie. */
    synchronized List<String> ofSession(Collection<String> headers) {
        return setCookies.ofSession(headers);
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
                "The request of this session has ended. Code that runs later, as in another thread, must read what it"
                        + " needs from the session before, or open the session itself: keep the request's Cookie"
                        + " header, and call SessionStorage.getSession(cookieHeader) and commitSession(session)");
    }
}
