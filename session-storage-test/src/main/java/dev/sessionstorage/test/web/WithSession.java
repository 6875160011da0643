package dev.sessionstorage.test.web;

import dev.sessionstorage.Session;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.function.Consumer;

/**
 * Sends a stored session with every MockMvc request of a test. It is created anew before each test method and destroyed after
 * it, unless the test has moved it to a new id.
 *
 * <pre>{@code
 * @Test
 * @WithSession(value = "{items: 3, theme: 'dark'}", principal = "robin")
 * void showsTheCart() throws Exception {
 *     mvc.perform(get("/cart")).andExpect(content().string("3"));
 * }
 * }</pre>
 *
 * <p>Put it on a method or a class; it may be inherited, on an enclosing class, or a meta-annotation. The one on the method
 * wins. It needs Boot's {@code @WebMvcTest} or {@code @AutoConfigureMockMvc}. The session exists on the test's own thread, from
 * before {@code @BeforeEach} on. In a {@code @Transactional} test it is part of the transaction.
 *
 * <p>A request that already carries a session cookie keeps it. Later requests do not follow what a response does to the cookie:
 * if the id has changed, send the next request with {@link SessionRequestPostProcessors#sessionAfter}.
 */
@Documented
@Inherited
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface WithSession {

    /**
     * The attributes as a JSON object. Names need no quotes, and strings may have single quotes:
     * {@code "{items: 3, theme: 'dark'}"}.
     *
     * @return the attributes, none by default
     */
    String value() default "{}";

    /**
     * The user whom the session belongs to.
     *
     * @return the principal's name, "" for none
     */
    String principal() default "";

    /**
     * Classes that set up what JSON cannot express: typed attributes and flash values. They need a constructor without
     * parameters, and are called after the other two settings have been applied.
     *
     * @return the classes, none by default
     */
    Class<? extends Consumer<Session>>[] setUp() default {};
}
