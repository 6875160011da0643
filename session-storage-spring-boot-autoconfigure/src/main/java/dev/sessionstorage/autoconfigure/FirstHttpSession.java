package dev.sessionstorage.autoconfigure;

import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.lang.StackWalker.StackFrame;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Warns once if the container creates an {@code HttpSession}, and says which code asked for it. Such a session lives in the
 * memory of one node and adds a second cookie.
 */
final class FirstHttpSession implements HttpSessionListener {

    private static final Log LOG = LogFactory.getLog(FirstHttpSession.class);

    private static final List<String> PLATFORM = List.of(
            "java.",
            "javax.",
            "jdk.",
            "sun.",
            "jakarta.servlet.",
            "org.apache.catalina.",
            "org.apache.coyote.",
            "org.apache.tomcat.",
            "org.eclipse.jetty.",
            "io.undertow.",
            "org.springframework.cglib.",
            FirstHttpSession.class.getName());

    /** Spring's methods that only pass a call on: their caller is the one to name. */
    private static final Set<String> PASSED_ON = Set.of(
            "getSession",
            "obtainSession",
            "getSessionMutex",
            "getSessionId",
            "setAttribute",
            "setSessionAttribute",
            "registerDestructionCallback",
            "registerSessionDestructionCallback");

    private final AtomicBoolean said = new AtomicBoolean();

    @Override
    public void sessionCreated(HttpSessionEvent event) {
        // Spring Session reports its own sessions here too.
        boolean isSpringSession = event.getSession().getClass().getName().startsWith("org.springframework.session.");
        if (!isSpringSession && !said.getAndSet(true)) {
            LOG.warn("An HttpSession was made by " + maker() + handler()
                    + ". It lives in the memory of this node only and adds a second cookie: use"
                    + " @CurrentSession or RequestSession.of(request) instead. Only the first one is reported");
        }
    }

    private static String maker() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(FirstHttpSession::isMaker).findFirst())
                .map(frame -> frame.toStackTraceElement().toString())
                .orElse("the container");
    }

    private static boolean isMaker(StackFrame frame) {
        boolean isSpring = frame.getClassName().startsWith("org.springframework.");
        return PLATFORM.stream().noneMatch(frame.getClassName()::startsWith)
                && !(isSpring && PASSED_ON.contains(frame.getMethodName()));
    }

    /** Names the handler: Spring MVC creates an {@code HttpSession} for a handler's parameter before it calls the handler. */
    private static String handler() {
        RequestAttributes request = RequestContextHolder.getRequestAttributes();
        @Nullable
        Object handler = request == null
                ? null
                : request.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
        return handler == null ? "" : " for " + handler;
    }
}
