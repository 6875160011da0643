package dev.sessionstorage.test.web;

import dev.sessionstorage.Session;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.test.util.AssertionErrors;
import org.springframework.test.web.servlet.ResultMatcher;

/**
 * Looks at the stored session after a request: the one of the cookie that the response set, or of the request's cookie if it
 * set none. Nothing is changed by that; a flash value stays.
 *
 * <pre>{@code
 * mvc.perform(post("/cart")).andExpect(session().attribute("items", 4));
 * }</pre>
 */
public final class SessionResultMatchers {

    private static final SessionResultMatchers INSTANCE = new SessionResultMatchers();

    private SessionResultMatchers() {}

    /**
     * The start of every expectation.
     *
     * @return the matchers
     */
    public static SessionResultMatchers session() {
        return INSTANCE;
    }

    /**
     * There is a session.
     *
     * @return the expectation
     */
    public ResultMatcher exists() {
        return satisfies(session -> {});
    }

    /**
     * There is no session: the browser holds no cookie of one, and the session of the request's cookie, if there was one, has
     * ended in the repository.
     *
     * @return the expectation
     */
    public ResultMatcher doesNotExist() {
        return result -> {
            MockMvcSessions sessions = MockMvcSessions.of(result.getRequest());
            AssertionErrors.assertTrue(
                    "The session of the response still exists",
                    sessions.after(result).isNew());
            AssertionErrors.assertTrue(
                    "The session of the request's cookie still exists in the repository",
                    sessions.before(result.getRequest()).isNew());
        };
    }

    /**
     * An attribute, or a flash value, has a value; compared as JSON, so that a number's or a list's class doesn't matter.
     *
     * @param name the attribute's name
     * @param value a value that Jackson can write, or null: there is no such attribute, or no session
     * @return the expectation
     */
    public ResultMatcher attribute(String name, @Nullable Object value) {
        return result -> {
            MockMvcSessions sessions = MockMvcSessions.of(result.getRequest());
            AssertionErrors.assertEquals(
                    "Session attribute '" + name + "'",
                    value == null ? null : sessions.natural(value),
                    (value == null ? sessions.after(result) : sessions.existing(result)).get(name));
        };
    }

    /**
     * The session belongs to somebody.
     *
     * @param name the principal's name, or null: to nobody
     * @return the expectation
     */
    public ResultMatcher principal(@Nullable String name) {
        return satisfies(session -> AssertionErrors.assertEquals("Session principal", name, session.principal()));
    }

    /**
     * There is a session, and it satisfies assertions.
     *
     * @param assertions throw if it does not
     * @return the expectation
     */
    public ResultMatcher satisfies(Consumer<Session> assertions) {
        return result ->
                assertions.accept(MockMvcSessions.of(result.getRequest()).existing(result));
    }
}
