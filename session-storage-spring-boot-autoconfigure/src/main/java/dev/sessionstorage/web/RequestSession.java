package dev.sessionstorage.web;

import dev.sessionstorage.DelegatingSession;
import dev.sessionstorage.Session;
import dev.sessionstorage.SessionException;
import dev.sessionstorage.SessionId;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.SessionUnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/**
 * A request's session: read when it is first used, committed before the response is. Controllers get it from
 * {@link CurrentSession}; filters, interceptors and whatever else has just the request, from {@link #of}.
 */
public final class RequestSession extends DelegatingSession {

    private static final String ATTRIBUTE = RequestSession.class.getName();

    private enum Phase {
        /** The response can still get headers. */
        HEADERS,
        /** Something may be written at any time now, which sends the headers. */
        BODY,
        /** The request or a commit failed: nothing is committed any more. */
        FAILED
    }

    private final SessionStorage storage;
    private final RequestCookies cookies;
    private final BrowserCookie browser = new BrowserCookie();
    private final boolean autoCommit;

    private @Nullable Session session;
    private Phase phase = Phase.HEADERS;
    /**
     * There is no session to be had: the store failed, and may have taken its whole timeout, so an error page does not ask it
     * again; or the browser has to repeat the request with the session's new id, and gets no cookie meanwhile.
     */
    private @Nullable SessionException unavailable;

    private RequestSession(SessionStorage storage, boolean autoCommit) {
        this.storage = storage;
        this.autoCommit = autoCommit;
        this.cookies = new RequestCookies(storage.cookie());
    }

    /**
     * The session of a request.
     *
     * <pre>{@code
     * RequestSession session = RequestSession.of(request);
     * session.set("tenant", tenant);
     * }</pre>
     *
     * @param request a request that has passed the {@link SessionFilter}
     * @return the same object every time
     * @throws IllegalStateException if it has not passed the filter
     */
    public static RequestSession of(HttpServletRequest request) {
        RequestSession session = find(request);
        if (session == null) {
            throw new IllegalStateException(
                    "The request has no session, since it has not passed the SessionFilter, whose order"
                            + " is " + SessionFilter.DEFAULT_ORDER
                            + " (SessionFilter.DEFAULT_ORDER) unless you register it yourself: a filter that uses the"
                            + " session needs a higher order, as by @Order(SessionFilter.DEFAULT_ORDER + 1), and the"
                            + " SessionFilter must be registered for the request's path and dispatcher type");
        }
        return session;
    }

    /**
     * The session of a request, if it has passed the {@link SessionFilter}.
     *
     * <pre>{@code
     * RequestSession session = RequestSession.find(request);
     * boolean known = session != null && session.principal() != null;
     * }</pre>
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
        RequestSession session = find(request);
        if (session == null) {
            session = new RequestSession(storage, autoCommit);
            request.setAttribute(ATTRIBUTE, session);
        }
        session.cookies.bind(request, response);
        return session;
    }

    /** Lets go of the request and the response, which the container gives to somebody else's request. */
    void end() {
        cookies.end();
    }

    boolean hasEnded() {
        return cookies.hasEnded();
    }

    /**
     * Deletes the session at once and lets the response expire the cookie. What the request reads or changes afterwards belongs to a
     * new session, such as a message about the logout.
     *
     * <pre>{@code
     * RequestSession.of(request).destroy();
     * session.flash("notice", "You have signed out");
     * }</pre>
     */
    public void destroy() {
        storage.destroySession(delegateForChange());
    }

    /**
     * The session for what is only known after the response has been committed. A change of this object would be refused then; a
     * change of that one is stored at the end of the request, after the client has its answer.
     *
     * <pre>{@code
     * Session late = RequestSession.of(request).late();
     * return out -> late.set("exported", export.writeTo(out));   // a StreamingResponseBody
     * }</pre>
     *
     * @return the session behind this one; this one as long as it is new, since a new one needs a cookie
     */
    public Session late() {
        return delegate().isNew() ? this : delegate();
    }

    /** Whether the answer is one that somebody sees: not that to a HEAD request, nor one that a browser fetches in advance. */
    @Override
    public boolean isSeen() {
        return !cookies.isGlance();
    }

    @Override
    protected Session delegate() {
        if (hasEnded()) {
            throw RequestCookies.ended();
        }
        if (session == null) {
            session = read();
        } else if (session.id().isEmpty() && !session.isNew()) {
            session = storage.getSession();
            browser.ended();
        }
        return session;
    }

    private Session read() {
        if (unavailable != null) {
            throw unavailable;
        }
        try {
            Session read = storage.getSession(cookies.header());
            // This is refused, as any use is, where the session has moved to another id.
            browser.knows(read);
            return read;
        } catch (SessionException e) {
            unavailable = e;
            throw e;
        }
    }

    @Override
    protected Session delegateForChange() {
        if (autoCommit && cookies.isResponseCommitted()) {
            throw new IllegalStateException("The response has been committed, so a change of the session would be lost:"
                    + " change it before the body is written, or commit it yourself through the SessionStorage");
        }
        return delegate();
    }

    @Override
    public void set(String name, Object value) {
        super.set(name, value);
        commitIfNewInBody();
    }

    @Override
    public <T> void set(String name, T value, ParameterizedTypeReference<T> type) {
        super.set(name, value, type);
        commitIfNewInBody();
    }

    @Override
    public void flash(String name, Object value) {
        super.flash(name, value);
        commitIfNewInBody();
    }

    @Override
    public <T> void flash(String name, T value, ParameterizedTypeReference<T> type) {
        super.flash(name, value, type);
        commitIfNewInBody();
    }

    @Override
    public <T> T update(String name, Class<T> type, UnaryOperator<@Nullable T> change) {
        T updated = super.update(name, type, change);
        commitIfNewInBody();
        return updated;
    }

    @Override
    public <T> T update(String name, ParameterizedTypeReference<T> type, UnaryOperator<@Nullable T> change) {
        T updated = super.update(name, type, change);
        commitIfNewInBody();
        return updated;
    }

    @Override
    public void principal(@Nullable String name) {
        super.principal(name);
        commitIfNewInBody();
    }

    @Override
    public void rotateId() {
        super.rotateId();
        if (phase == Phase.BODY) {
            commit();
        }
    }

    @Override
    public void idleTimeout(@Nullable Duration timeout) {
        super.idleTimeout(timeout);
        browser.lifetimeChanged();
    }

    /** A session that a view starts, as by a form's CSRF token: its cookie must be among the headers before they are sent. */
    private void commitIfNewInBody() {
        if (phase == Phase.BODY && delegate().isNew()) {
            commit();
        }
    }

    void bodyBegins() {
        if (phase == Phase.HEADERS) {
            phase = Phase.BODY;
        }
    }

    /** Whether the browser is known to need no cookie: as long as nobody has read the session, it may have ended. */
    boolean isKnownToLive() {
        return session != null && !session.id().isEmpty();
    }

    @Override
    protected void commitFailed(RuntimeException failure) {
        phase = Phase.FAILED;
        if (failure instanceof SessionUnavailableException thisTime) {
            unavailable = thisTime;
        }
    }

    /** Why this request has no session. */
    @Nullable
    SessionException unavailable() {
        return unavailable;
    }

    /** Forgets all changes: a request that failed leaves no half-made session. */
    void discard() {
        phase = Phase.FAILED;
        session = null;
    }

    /**
     * Stores what has changed since the last commit, and adds the cookie to the response if the browser needs it. The filter calls it
     * before the response is committed, so there is seldom a reason to call it earlier. With {@code session.auto-commit=false} it
     * does nothing.
     *
     * <pre>{@code
     * session.set("order", order.id());
     * RequestSession.of(request).commit();   // before the payment provider is called
     * }</pre>
     *
     * @throws dev.sessionstorage.SessionException as {@link SessionStorage#commitSession(Session)} does
     */
    public void commit() {
        if (hasEnded()) {
            throw RequestCookies.ended();
        }
        if (session == null || phase == Phase.FAILED || !autoCommit) {
            return;
        }
        try {
            store();
        } catch (RuntimeException e) {
            // Or else the application's transaction was to blame, and it may try again.
            if (phase == Phase.FAILED) {
                discard();
            }
            throw e;
        }
    }

    private void store() {
        Session loaded = delegate();
        String setCookie = storage.commitSession(this);
        BrowserCookie.Need need = browser.needs(loaded, setCookie, cookies::has);
        if (cookies.isResponseCommitted()) {
            if (!loaded.isNew() && !browser.knowsIdOf(loaded)) {
                phase = Phase.FAILED;
                throw new IllegalStateException(
                        "The session got a new id after the response had been committed, so the browser"
                                + " cannot learn it: change the session before the body is written");
            }
        } else if (need == BrowserCookie.Need.REPLACE || (need == BrowserCookie.Need.SLIDE && cookieMaySlide())) {
            cookies.send(setCookie);
        }
        browser.knows(loaded);
    }

    @Override
    protected boolean cookieMaySlide() {
        return cookies.maySlide();
    }

    RequestCookies cookies() {
        return cookies;
    }

    /** Shows eight characters of the id's hash, as the log does, and reads nothing. */
    @Override
    public String toString() {
        Session present = session;
        if (present == null) {
            return "RequestSession[not read yet]";
        }
        String id = present.id();
        return "RequestSession[" + (id.isEmpty() ? "new" : SessionId.hash(id).substring(0, 8)) + "]";
    }
}
