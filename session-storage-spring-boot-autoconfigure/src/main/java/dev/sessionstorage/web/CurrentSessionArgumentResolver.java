package dev.sessionstorage.web;

import dev.sessionstorage.Session;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.server.ResponseStatusException;

/**
 * Resolves parameters annotated with {@link CurrentSession}. It also resolves those of type {@link Session} or
 * {@link RequestSession} without the annotation, which Spring MVC would otherwise bind as model attributes.
 */
public final class CurrentSessionArgumentResolver implements HandlerMethodArgumentResolver {

    /** Creates a resolver. Register it with Spring MVC, and {@link SessionFilter} with the servlet container. */
    public CurrentSessionArgumentResolver() {}

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.hasParameterAnnotation(CurrentSession.class) || isSession(parameter.getParameterType());
    }

    private static boolean isSession(Class<?> type) {
        return type == Session.class || type == RequestSession.class;
    }

    @Override
    public @Nullable Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binderFactory) {
        CurrentSession annotation = parameter.getParameterAnnotation(CurrentSession.class);
        HttpServletRequest servletRequest = request.getNativeRequest(HttpServletRequest.class);
        if (servletRequest == null) {
            throw new IllegalStateException("Not a servlet request's parameter: " + parameter);
        }
        Session session = RequestSession.of(servletRequest);
        if (annotation == null) {
            return session;
        }
        if (annotation.required() && session.isNew()) {
            throw unauthorized();
        }
        return annotation.value().isEmpty() ? whole(parameter, session) : attribute(parameter, annotation, session);
    }

    private static Session whole(MethodParameter parameter, Session session) {
        if (!parameter.getParameterType().isInstance(session)) {
            throw new IllegalStateException(
                    "@CurrentSession without an attribute's name needs a parameter of type " + Session.class.getName()
                            + ", not " + parameter.getParameterType().getName());
        }
        return session;
    }

    private static @Nullable Object attribute(MethodParameter parameter, CurrentSession annotation, Session session) {
        MethodParameter value = parameter.nestedIfOptional();
        Object attribute = session.get(
                annotation.value(), ParameterizedTypeReference.<Object>forType(value.getNestedGenericParameterType()));
        if (attribute == null && annotation.required()) {
            throw unauthorized();
        }
        if (attribute == null && value.getNestedParameterType().isPrimitive()) {
            throw new IllegalStateException("The session has no attribute '" + annotation.value()
                    + "' for a parameter of the primitive type " + value.getNestedParameterType()
                    + ": use its wrapper, or required = true");
        }
        return parameter.isOptional() && parameter.getParameterType() == Optional.class
                ? Optional.ofNullable(attribute)
                : attribute;
    }

    private static ResponseStatusException unauthorized() {
        return new ResponseStatusException(HttpStatus.UNAUTHORIZED, "There is no session.");
    }
}
