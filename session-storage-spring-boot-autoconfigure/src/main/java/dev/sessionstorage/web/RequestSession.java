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
 * A request's session: read when first used, committed just before the response. Controllers get it through
 * {@link CurrentSession}; filters, interceptors and other code that has only the request call {@link #of}.
 */
public final class RequestSession extends DelegatingSession {

    private static final String ATTRIBUTE = RequestSession.class.getName();

    private enum Phase {
        /** Headers can still be added to the response. */
        HEADERS,
        /** The body may be written at any time, which sends the headers. */
        BODY,
        /** The request or a commit has failed: nothing more is committed. */
        FAILED
    }

    private final SessionStorage storage;
    private final RequestCookies cookies;
    private final BrowserCookie browser = new BrowserCookie();
    private final boolean autoCommit;

    private @Nullable Session session;
    private Phase phase = Phase.HEADERS;
    /**
     * Why the request has no session, if so. Either the store failed: it may have used up its whole timeout, so an error page
     * must not ask it again. Or the session has moved to a new id: the browser must repeat the request with it, and gets no
     * cookie until then.
     */
    private @Nullable SessionException unavailable;

    private RequestSession(SessionStorage storage, boolean autoCommit) {
        this.storage = storage;
        this.autoCommit = autoCommit;
        this.cookies = new RequestCookies(storage.cookie());
    }

    /**
     * Returns the session of a request.
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
     * Returns the session of a request, if it has passed the {@link SessionFilter}.
     *
     * <pre>{@code
     * RequestSession session = RequestSession.find(request);
     * boolean known = session != null && session.principal() != null;
     * }</pre>
     *
     * @param request any request
     * @return the same object every time, or null if it has not passed the filter
     */
    public static @Nullable RequestSession find(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof RequestSession session ? session : null;
    }

    /** Returns the same session for every dispatch of a request, bound to the response of the current one. */
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

    /** Releases the request and the response, which the container reuses for another user's request. */
    void end() {
        cookies.end();
    }

    boolean hasEnded() {
        return cookies.hasEnded();
    }

    /**
     * Deletes the session at once and lets the response expire the cookie. Later reads and changes in this request belong to a
     * new session, for example a message about the logout.
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
     * Returns a session for changes that are only known after the response has been committed. This object refuses such
     * changes; the returned one takes them, and they are stored when the request ends, after the client has its answer.
     *
     * <pre>{@code
     * Session late = RequestSession.of(request).late();
     * return out -> late.set("exported", export.writeTo(out));   // a StreamingResponseBody
     * }</pre>
     *
     * @return the session behind this one; this one while it is new, because a new session needs a cookie
     */
    public Session late() {
        return delegate().isNew() ? this : delegate();
    }

    /** Whether the user sees the response: false for HEAD and prefetch requests. */
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
            // Like any other use, this throws if the session has moved to another id.
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

    /**
     * A view may start a session, for instance with a form's CSRF token. Its cookie must be set before the headers are sent.
     */
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

    /** Whether the session is known to exist. A session that has not been read yet may have ended. */
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

    /** Discards all changes: a failed request leaves no half-changed session. */
    void discard() {
        phase = Phase.FAILED;
        session = null;
    }

    /**
     * Stores all changes since the last commit and adds the cookie to the response if the browser needs it. The filter does
     * this before the response is committed, so you rarely need to. With {@code session.auto-commit=false} it does nothing.
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
            // In any other phase the application's transaction failed, and the application may try again.
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

    /** Shows eight characters of the id's hash, as the log does. It does not read the session. */
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
