package dev.sessionstorage.web;

import dev.sessionstorage.Session;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.support.SessionAttributeStore;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.WebRequest;
import tools.jackson.databind.util.TokenBuffer;

/**
 * Keeps the model attributes that {@code @SessionAttributes} names in the session. Spring MVC hands them over after the handler
 * returns, so if the handler writes the body itself, as with {@code @ResponseBody}, they are stored after the response.
 */
public final class SessionModelAttributes implements SessionAttributeStore {

    /** Separates them from the application's own attributes, whose JSON names no classes. */
    private static final String PREFIX = "model.";

    private final TypedJson json;

    /**
     * Creates a store for Spring MVC's {@code RequestMappingHandlerAdapter}.
     *
     * @param types the classes that the attributes may have
     */
    public SessionModelAttributes(AllowedTypes types) {
        this.json = new TypedJson(types);
    }

    @Override
    public void storeAttribute(WebRequest request, String name, Object value) {
        session(request).set(PREFIX + name, json.write("session attribute '" + name + "'", value));
    }

    @Override
    public @Nullable Object retrieveAttribute(WebRequest request, String name) {
        TokenBuffer stored = session(request).get(PREFIX + name, TokenBuffer.class);
        return stored == null ? null : json.read("session attribute '" + name + "'", stored);
    }

    @Override
    public void cleanupAttribute(WebRequest request, String name) {
        session(request).unset(PREFIX + name);
    }

    private static Session session(WebRequest request) {
        HttpServletRequest servletRequest = request instanceof NativeWebRequest nativeRequest
                ? nativeRequest.getNativeRequest(HttpServletRequest.class)
                : null;
        if (servletRequest == null) {
            throw new IllegalStateException("Not a servlet request: " + request);
        }
        return RequestSession.of(servletRequest).late();
    }
}
