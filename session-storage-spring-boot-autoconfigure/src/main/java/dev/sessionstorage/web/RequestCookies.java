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
 * The cookies of a request and of its response, for as long as the request lasts. Afterwards the container gives both objects to
 * the next request, which is another user's: what still runs then must not touch them.
 */
final class RequestCookies {

    private @Nullable HttpServletRequest request;
    private @Nullable HttpServletResponse response;
    private final SetCookies setCookies;

    RequestCookies(SessionCookie cookie) {
        setCookies = new SetCookies(cookie);
    }

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

    /** All Cookie headers in one, null if the request has none; what the browser gets by this response stands for them. */
    synchronized @Nullable String header() {
        String sent = setCookies.sent();
        if (sent != null) {
            return sent;
        }
        List<String> headers = headers();
        return headers.isEmpty() ? null : String.join("; ", headers);
    }

    /** Whether the request carries a cookie with just this name and value. */
    synchronized boolean has(String pair) {
        return headers().stream()
                .flatMap(header -> Arrays.stream(header.split(";", -1)))
                .anyMatch(cookie -> cookie.trim().equals(pair));
    }

    /** Whether nobody may ever see the response. */
    synchronized boolean isGlance() {
        return request != null && Glance.is(request);
    }

    synchronized boolean isResponseCommitted() {
        return response().isCommitted();
    }

    /** Whether a cookie can be sent that another response could carry as well: it takes nothing away from this one. */
    synchronized boolean maySlide() {
        return !response().isCommitted() && ResponseHeaders.mayCarryCookie(response());
    }

    /** Sends the session's cookie, in place of that of an earlier commit. */
    synchronized void send(String setCookie) {
        setCookies.want(setCookie);
        complete();
    }

    /**
     * Gives the session's cookie its place and its company, whether it was sent from here or by the application.
     *
     * @return the Set-Cookie headers of the session that are about to be sent
     */
    synchronized List<String> complete() {
        return response().isCommitted()
                ? List.of()
                : setCookies.ofSession(ResponseHeaders.complete(response(), setCookies));
    }

    /** Those among Set-Cookie headers that set or expire the session's cookie. */
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
                "The request of this session has ended. Whatever goes on after it, as in another thread, takes what it"
                        + " needs out of the session before, or opens the session itself: it keeps the request's Cookie"
                        + " header, and calls SessionStorage.getSession(cookieHeader) and commitSession(session)");
    }
}
