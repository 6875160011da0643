package dev.sessionstorage.web;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Injects this request's session, or one of its attributes, into a controller's method.
 *
 * <pre>{@code
 * @PostMapping("/count")
 * int count(@CurrentSession Session session) {
 *     return session.update("count", Integer.class, n -> n == null ? 1 : n + 1);
 * }
 *
 * @GetMapping("/profile")
 * Profile profile(@CurrentSession(value = "userId", required = true) UUID userId) { … }
 * }</pre>
 *
 * <p>A parameter of type {@link dev.sessionstorage.Session} or {@link RequestSession} gets the session without the annotation too.
 *
 * <p>The session is the same object wherever the request asks for it, is read from the repository when it is first used, and
 * is committed just before the response is.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface CurrentSession {

    /**
     * The name of the attribute to inject, converted to the parameter's type; by default the session itself, into a
     * parameter of type {@link dev.sessionstorage.Session} or {@link RequestSession}.
     *
     * @return the attribute's name, "" for the session
     */
    String value() default "";

    /**
     * Whether a request without a stored session, or without the attribute, is answered with 401.
     *
     * @return false by default: then a new session or null is injected
     */
    boolean required() default false;
}
