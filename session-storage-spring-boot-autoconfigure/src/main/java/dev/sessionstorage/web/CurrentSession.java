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
 * <p>A parameter of type {@link dev.sessionstorage.Session} or {@link RequestSession} gets the session even without the
 * annotation.
 *
 * <p>The session is the same object throughout the request. It is read from the repository when first used, and committed just
 * before the response is.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface CurrentSession {

    /**
     * The name of the attribute to inject, converted to the parameter's type; by default the session itself. The parameter then
     * has the type {@link dev.sessionstorage.Session} or {@link RequestSession}.
     *
     * @return the attribute's name, "" for the session
     */
    String value() default "";

    /**
     * Whether a request without a stored session, or without the attribute, is answered with 401.
     *
     * @return false by default: a new session, or null for a missing attribute, is injected
     */
    boolean required() default false;
}
