package dev.sessionstorage.test.web;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionConflictException;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.SessionUnavailableException;
import jakarta.servlet.http.Cookie;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.webmvc.test.autoconfigure.MockMvcBuilderCustomizer;
import org.springframework.core.NestedRuntimeException;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import org.springframework.test.web.servlet.setup.ConfigurableMockMvcBuilder;
import org.springframework.test.web.servlet.setup.MockMvcConfigurer;
import org.springframework.web.context.WebApplicationContext;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The cookie of the running test's {@link WithSession}, sent with every request of the context's MockMvc. */
final class WithSessionCookie implements MockMvcBuilderCustomizer, MockMvcConfigurer {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_UNQUOTED_PROPERTY_NAMES, JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .build();

    /** Per thread, because tests may run in parallel. */
    private static final ThreadLocal<@Nullable Cookie> CURRENT = new ThreadLocal<>();

    private final SessionStorage storage;

    WithSessionCookie(SessionStorage storage) {
        this.storage = storage;
    }

    void start(WithSession annotation) {
        Session session = storage.getSession();
        attributes(annotation.value()).forEach(session::set);
        if (!annotation.principal().isEmpty()) {
            session.principal(annotation.principal());
        }
        for (Class<? extends Consumer<Session>> setUp : annotation.setUp()) {
            BeanUtils.instantiateClass(setUp).accept(session);
        }
        CURRENT.set(new MockMvcSessions(storage).commit(session));
    }

    void end() {
        Cookie cookie = CURRENT.get();
        CURRENT.remove();
        if (cookie != null) {
            try {
                storage.destroySession(new MockMvcSessions(storage).session(cookie));
            } catch (SessionUnavailableException | SessionConflictException | NestedRuntimeException e) {
                // The test moved the session to another id, or broke its store or
                // its transaction, whose rollback ends the session.
            }
        }
    }

    private static Map<String, Object> attributes(String json) {
        try {
            return JSON.readValue(json, new TypeReference<Map<String, Object>>() {});
        } catch (JacksonException e) {
            throw new IllegalArgumentException("The value of @WithSession is not a JSON object: " + json, e);
        }
    }

    @Override
    public void customize(ConfigurableMockMvcBuilder<?> builder) {
        builder.apply(this);
    }

    @Override
    public RequestPostProcessor beforeMockMvcCreated(
            ConfigurableMockMvcBuilder<?> builder, WebApplicationContext context) {
        return this::send;
    }

    /** Adds the cookie, unless the test has set a session cookie itself. */
    private MockHttpServletRequest send(MockHttpServletRequest request) {
        Cookie cookie = CURRENT.get();
        return cookie == null || MockMvcSessions.carries(cookie, request)
                ? request
                : MockMvcSessions.send(cookie, request);
    }
}
