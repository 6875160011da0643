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
 * Gives each request its session and commits it just before the response is committed. A request that ends in an exception
 * that nobody handled, or in {@code sendError} with a 5xx, commits nothing.
 */
public final class SessionFilter extends OncePerRequestFilter {

    /**
     * Where Spring Boot's auto-configuration puts it, and Spring Session its own: before Spring Security, after encoding and
     * forwarded headers.
     */
    public static final int DEFAULT_ORDER = Ordered.HIGHEST_PRECEDENCE + 50;

    private final SessionStorage storage;
    private final boolean autoCommit;
    private final Supplier<HandlerExceptionResolver> exceptionResolver;
    private final PlainHttpWarning plainHttp = new PlainHttpWarning();

    /**
     * A filter; register it for the dispatcher types REQUEST, ASYNC and ERROR, before any filter that uses the session.
     *
     * @param storage where the sessions come from
     * @param autoCommit whether sessions are committed without the application doing so
     * @param exceptionResolver answers a {@link SessionException} thrown outside a controller
     */
    public SessionFilter(
            SessionStorage storage, boolean autoCommit, Supplier<HandlerExceptionResolver> exceptionResolver) {
        this.storage = storage;
        this.autoCommit = autoCommit;
        this.exceptionResolver = exceptionResolver;
    }

    /**
     * A second filter; register it for the dispatcher type FORWARD, before any filter that uses the session. After a forward,
     * Tomcat takes the response as committed, so a session has to be before. Where a WAR's error page is forwarded to, the first
     * filter is done already, and this one takes its place.
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
     * A listener; register it with the servlet container. A session that is used after its request has ended then says so;
     * without it, it could meet the next request, to which the container has given the same objects.
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

            /** Once an asynchronous request has timed out or failed, Tomcat tells nobody any more. */
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

    /** An asynchronous request fails, or times out, after this filter. */
    private static boolean isErrorPageOfAFailure(HttpServletRequest request) {
        return request.getDispatcherType() == DispatcherType.ERROR
                && request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer status
                && status >= HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
    }

    /** Answers as Spring MVC would have, had a controller thrown it. */
    private void answer(HttpServletRequest request, HttpServletResponse response, SessionException failure)
            throws IOException {
        ModelAndView answer = exceptionResolver.get().resolveException(request, response, null, failure);
        if (answer == null || !answer.isEmpty()) {
            response.sendError(failure.getStatusCode().value());
        }
    }

    /** An asynchronous request may end by {@code complete()}, which leads through no filter. */
    private record WithoutDispatch(SessionResponse response, RequestSession session) implements AsyncListener {

        @Override
        public void onComplete(AsyncEvent event) {
            try {
                response.beforeCommit();
            } finally {
                // Jetty tells of the request's end only where a dispatch leads there.
                session.end();
            }
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // Whoever handles it may still change the session.
        }

        @Override
        public void onError(AsyncEvent event) {
            // The error page follows.
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // The filter is asked again.
        }
    }
}
