package dev.sessionstorage.web;

import dev.sessionstorage.DelegatingSession;
import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * A request's session: read when it is first used, committed before the response is. Controllers get it from
 * {@link CurrentSession}; filters, interceptors and whatever else has just the request, from {@link #of}.
 */
public final class RequestSession extends DelegatingSession {

    private static final String ATTRIBUTE = RequestSession.class.getName();

    private final SessionStorage storage;
    private final HttpServletRequest request;
    private final boolean autoCommit;

    private HttpServletResponse response;
    private @Nullable Session session;
    /** The id that the browser knows, or is about to, from this request's or this response's cookie. */
    private String sentId = "";

    private @Nullable Instant sentExpires;
    private @Nullable Duration maxAge;
    /** Nothing is committed any more: the request or a commit failed, or the session has been destroyed. */
    private boolean finished;

    private RequestSession(
            SessionStorage storage, HttpServletRequest request, HttpServletResponse response, boolean autoCommit) {
        this.storage = storage;
        this.request = request;
        this.response = response;
        this.autoCommit = autoCommit;
    }

    /**
     * The session of a request.
     *
     * @param request a request that has passed the {@link SessionFilter}
     * @return the same object every time
     * @throws IllegalStateException if it has not passed the filter
     */
    public static RequestSession of(HttpServletRequest request) {
        RequestSession session = find(request);
        if (session == null) {
            throw new IllegalStateException(
                    "The request has no session: is the SessionFilter registered for its path?");
        }
        return session;
    }

    /**
     * The session of a request, if it has passed the {@link SessionFilter}.
     *
     * @param request any request
     * @return the same object every time, or null
     */
    public static @Nullable RequestSession find(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof RequestSession session ? session : null;
    }

    /** The same session for every dispatch of one request, bound to the response of the present one. */
    static RequestSession of(
            SessionStorage storage, HttpServletRequest request, HttpServletResponse response, boolean autoCommit) {
        RequestSession present = find(request);
        if (present != null) {
            present.response = response;
            return present;
        }
        RequestSession session = new RequestSession(storage, request, response, autoCommit);
        request.setAttribute(ATTRIBUTE, session);
        return session;
    }

    /**
     * Keeps this session, and its cookie, for longer or shorter than others ("remember me"): its idle timeout from the next
     * commit on.
     *
     * @param timeout at least a second; the absolute timeout still holds
     */
    public void maxAge(Duration timeout) {
        delegateForChange();
        this.maxAge = timeout;
    }

    /** Deletes the session at once and lets the response expire the cookie. It cannot be used any more in this request. */
    public void destroy() {
        storage.destroySession(delegateForChange());
    }

    /**
     * Whether the session has been destroyed in this request.
     *
     * @return true after {@link #destroy} or the storage's {@code destroySession}
     */
    public boolean isDestroyed() {
        return session != null && isDestroyed(session);
    }

    private static boolean isDestroyed(Session loaded) {
        return loaded.id().isEmpty() && !loaded.isNew();
    }

    @Override
    protected Session delegate() {
        if (session == null) {
            List<String> headers = Collections.list(request.getHeaders(HttpHeaders.COOKIE));
            session = storage.getSession(headers.isEmpty() ? null : String.join("; ", headers));
            sentId = session.id();
            sentExpires = session.expires();
        }
        return session;
    }

    @Override
    protected Session delegateForChange() {
        if (autoCommit && response.isCommitted()) {
            throw new IllegalStateException("The response has been committed, so a change of the session would be lost:"
                    + " change it before the body is written, or commit it yourself through the SessionStorage");
        }
        return delegate();
    }

    @Override
    protected void commitFailed() {
        finished = true;
    }

    /** Forgets all changes: a request that failed leaves no half-made session. */
    void discard() {
        finished = true;
        session = null;
    }

    /** Stores what has changed since the last commit, and adds the cookie to the response if the browser needs it. */
    void commit() {
        if (session == null || finished || !autoCommit) {
            return;
        }
        try {
            if (isDestroyed(session)) {
                addCookie(storage.destroySession(session), "=");
                finished = true;
            } else {
                commit(session);
            }
        } catch (RuntimeException e) {
            discard();
            throw e;
        }
    }

    private void commit(Session loaded) {
        String header = storage.commitSession(loaded, cookie -> maxAge == null ? cookie : cookie.withMaxAge(maxAge));
        if (isCookieNeeded(loaded, header)) {
            addCookie(header, header.substring(header.indexOf('='), end(header)));
        }
        sentId = loaded.id();
        sentExpires = loaded.expires();
    }

    private boolean isCookieNeeded(Session loaded, String header) {
        boolean idChanged = !loaded.id().equals(sentId);
        if (idChanged && response.isCommitted()) {
            throw new IllegalStateException(
                    "The session got a new id after the response had been committed, so the browser cannot learn it:"
                            + " change the session before the body is written");
        }
        boolean slides = header.contains("; Max-Age=") && !Objects.equals(loaded.expires(), sentExpires);
        return !response.isCommitted() && (idChanged || slides);
    }

    /** Adds a cookie, unless the application has set one with that value itself. */
    private void addCookie(String header, String value) {
        String pair = header.substring(0, header.indexOf('=')) + value;
        boolean present =
                response.getHeaders(HttpHeaders.SET_COOKIE).stream().anyMatch(other -> other.startsWith(pair));
        if (!present && !response.isCommitted()) {
            response.addHeader(HttpHeaders.SET_COOKIE, header);
        }
    }

    private static int end(String header) {
        int semicolon = header.indexOf(';');
        return semicolon < 0 ? header.length() : semicolon;
    }
}
