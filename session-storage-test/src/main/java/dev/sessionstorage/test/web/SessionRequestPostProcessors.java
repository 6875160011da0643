package dev.sessionstorage.test.web;

import dev.sessionstorage.Session;
import java.util.function.Consumer;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.RequestPostProcessor;

/**
 * Gives MockMvc requests a session, through the application's own {@link dev.sessionstorage.SessionStorage} bean.
 *
 * <pre>{@code
 * MvcResult result = mvc.perform(post("/cart").with(session(s -> s.set("items", 3)))).andReturn();
 * mvc.perform(get("/cart").with(sessionAfter(result)));
 * }</pre>
 */
public final class SessionRequestPostProcessors {

    private SessionRequestPostProcessors() {}

    /**
     * Sets up the request's session, or a new one if the request has none yet, stores it, and sends its cookie. A new session
     * that stays empty is neither stored nor sent. The stored session remains after the test, unless the test's transaction is
     * rolled back.
     *
     * @param setUp changes the session before the request
     * @return for {@code with}
     */
    public static RequestPostProcessor session(Consumer<Session> setUp) {
        return request -> {
            MockMvcSessions sessions = MockMvcSessions.of(request);
            Session session = sessions.before(request);
            setUp.accept(session);
            return MockMvcSessions.send(sessions.commit(session), request);
        };
    }

    /**
     * Sends the session that an earlier request left behind, as a browser would. It takes the cookie of that response, or of
     * its request if the response set none. It sends no cookie if the response ended the session.
     *
     * @param result the result of the earlier request
     * @return for {@code with}
     */
    public static RequestPostProcessor sessionAfter(MvcResult result) {
        return request -> MockMvcSessions.send(MockMvcSessions.of(request).cookieAfter(result), request);
    }
}
