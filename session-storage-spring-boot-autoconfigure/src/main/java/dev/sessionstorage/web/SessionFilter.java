package dev.sessionstorage.web;

import dev.sessionstorage.SessionException;
import dev.sessionstorage.SessionStorage;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Supplier;
import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.WebUtils;

/**
 * Gives each request its session and commits it just before the response is committed. A request that ends in an unhandled
 * exception, or in {@code sendError} with a 5xx status, commits nothing.
 */
public final class SessionFilter extends OncePerRequestFilter {

    /**
     * The order that the auto-configuration gives this filter, the same as Spring Session's: before Spring Security, after
     * character encoding and forwarded headers.
     */
    public static final int DEFAULT_ORDER = Ordered.HIGHEST_PRECEDENCE + 50;

    private final SessionStorage storage;
    private final boolean autoCommit;
    private final Supplier<HandlerExceptionResolver> exceptionResolver;
    private final PlainHttpWarning plainHttp = new PlainHttpWarning();

    /**
     * Creates a filter. Register it for the dispatcher types REQUEST, ASYNC and ERROR, before any filter that uses the session.
     *
     * @param storage where the sessions come from
     * @param autoCommit whether the filter commits sessions itself
     * @param exceptionResolver answers a {@link SessionException} thrown outside a controller
     */
    public SessionFilter(
            SessionStorage storage, boolean autoCommit, Supplier<HandlerExceptionResolver> exceptionResolver) {
        this.storage = storage;
        this.autoCommit = autoCommit;
        this.exceptionResolver = exceptionResolver;
    }

    /**
     * Creates a second filter. Register it for the dispatcher type FORWARD, before any filter that uses the session. Tomcat
     * treats the response as committed after a forward, so the session must be committed before that. If a WAR's error page is
     * reached by a forward, the first filter has already finished, and this one takes its place.
     *
     * @return a filter that commits the session at the end of each forward
     */
    public Filter forForwards() {
        return (request, response, chain) -> {
            SessionResponse wrapped = WebUtils.getNativeResponse(response, SessionResponse.class);
            if (wrapped == null) {
                doFilter(request, response, chain);
                return;
            }
            chain.doFilter(request, response);
            if (!request.isAsyncStarted()) {
                wrapped.beforeCommit();
            }
        };
    }

    /**
     * Creates a listener. Register it with the servlet container. A session that is used after its request has ended then
     * throws. Without the listener it could act on the next request, because the container reuses the request and response
     * objects.
     *
     * @return a listener that ends the session with its request
     */
    public static ServletRequestListener afterRequest() {
        return new ServletRequestListener() {
            @Override
            public void requestDestroyed(ServletRequestEvent event) {
                RequestSession session =
                        event.getServletRequest() instanceof HttpServletRequest request && !goesOn(request)
                                ? RequestSession.find(request)
                                : null;
                if (session != null) {
                    session.end();
                }
            }

            /** Tomcat throws once an asynchronous request has timed out or failed. */
            private static boolean goesOn(HttpServletRequest request) {
                try {
                    return request.isAsyncStarted();
                } catch (IllegalStateException failed) {
                    return false;
                }
            }
        };
    }

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected boolean shouldNotFilterErrorDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        RequestSession session = RequestSession.of(storage, request, response, autoCommit);
        SessionResponse wrapped = new SessionResponse(response, session, cookies -> plainHttp.check(request, cookies));
        if (isErrorPageOfAFailure(request)) {
            session.discard();
        }
        try {
            chain.doFilter(request, wrapped);
            if (request.isAsyncStarted()) {
                request.getAsyncContext().addListener(new WithoutDispatch(wrapped, session));
            } else {
                wrapped.beforeCommit();
            }
        } catch (Exception | Error e) {
            session.discard();
            SessionException failure = HiddenFailure.find(e, session.unavailable());
            if (failure == null || response.isCommitted()) {
                throw e;
            }
            wrapped.forgetBody();
            answer(request, response, failure);
        }
    }

    /** An asynchronous request may fail or time out after this filter has returned, so only the error dispatch shows it. */
    private static boolean isErrorPageOfAFailure(HttpServletRequest request) {
        return request.getDispatcherType() == DispatcherType.ERROR
                && request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer status
                && status >= HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
    }

    /** Answers as Spring MVC does when a controller throws it. */
    private void answer(HttpServletRequest request, HttpServletResponse response, SessionException failure)
            throws IOException {
        ModelAndView answer = exceptionResolver.get().resolveException(request, response, null, failure);
        if (answer == null || !answer.isEmpty()) {
            response.sendError(failure.getStatusCode().value());
        }
    }

    /** Commits when an asynchronous request ends by {@code complete()}, which causes no dispatch and so passes no filter. */
    private record WithoutDispatch(SessionResponse response, RequestSession session) implements AsyncListener {

        @Override
        public void onComplete(AsyncEvent event) {
            try {
                response.beforeCommit();
            } finally {
                // Without a dispatch, Jetty does not notify request listeners of the end.
                session.end();
            }
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // The timeout's handler may still change the session.
        }

        @Override
        public void onError(AsyncEvent event) {
            // The error dispatch follows.
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // The filter runs again.
        }
    }
}
