package dev.sessionstorage.test.web;

import dev.sessionstorage.Session;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.test.util.AssertionErrors;
import org.springframework.test.web.servlet.ResultMatcher;

/**
 * Asserts on the stored session after a request: the one of the cookie that the response set, or of the request's cookie if it
 * set none. This changes nothing; a flash value stays.
 *
 * <pre>{@code
 * mvc.perform(post("/cart")).andExpect(session().attribute("items", 4));
 * }</pre>
 */
public final class SessionResultMatchers {

    private static final SessionResultMatchers INSTANCE = new SessionResultMatchers();

    private SessionResultMatchers() {}

    /**
     * Starts an expectation.
     *
     * @return the matchers
     */
    public static SessionResultMatchers session() {
        return INSTANCE;
    }

    /**
     * Expects a session.
     *
     * @return the expectation
     */
    public ResultMatcher exists() {
        return satisfies(session -> {});
    }

    /**
     * Expects no session: the browser holds no session cookie, and the session of the request's cookie, if any, has ended in
     * the repository.
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
     * Expects a value of an attribute or a flash value. Values are compared as JSON, so the class of a number or a list does
     * not matter.
     *
     * @param name the attribute's name
     * @param value a value that Jackson can write, or null to expect no such attribute or no session
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
     * Expects the session to belong to a user.
     *
     * @param name the principal's name, or null to expect no principal
     * @return the expectation
     */
    public ResultMatcher principal(@Nullable String name) {
        return satisfies(session -> AssertionErrors.assertEquals("Session principal", name, session.principal()));
    }

    /**
     * Expects a session that satisfies the assertions.
     *
     * @param assertions throw if it does not
     * @return the expectation
     */
    public ResultMatcher satisfies(Consumer<Session> assertions) {
        return result ->
                assertions.accept(MockMvcSessions.of(result.getRequest()).existing(result));
    }
}
