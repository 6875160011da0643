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
 * Starts every MockMvc request of a test with a stored session, made afresh for each test method and ended after it,
 * unless the test has moved it to a new id.
 *
 * <pre>{@code
 * @Test
 * @WithSession(value = "{items: 3, theme: 'dark'}", principal = "robin")
 * void showsTheCart() throws Exception {
 *     mvc.perform(get("/cart")).andExpect(content().string("3"));
 * }
 * }</pre>
 *
 * <p>It stands on a method or a class, also inherited, enclosing or as part of another annotation; the one on the method wins.
 * It needs Boot's {@code @WebMvcTest} or {@code @AutoConfigureMockMvc}, and the session is there on the test's own thread, from
 * before {@code @BeforeEach} on. In a {@code @Transactional} test it is part of the transaction.
 *
 * <p>A request that carries a session's cookie already keeps it. What a response does to the session's cookie is not followed:
 * send the next request with {@link SessionRequestPostProcessors#sessionAfter} where the id has changed.
 */
@Documented
@Inherited
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface WithSession {

    /**
     * The attributes as a JSON object, in which names need no quotes and texts may have single ones:
     * {@code "{items: 3, theme: 'dark'}"}.
     *
     * @return the attributes, none by default
     */
    String value() default "{}";

    /**
     * Who the session belongs to.
     *
     * @return the principal's name, "" for nobody
     */
    String principal() default "";

    /**
     * Classes that do to the session what JSON cannot say: typed attributes, flash values. They need a constructor without
     * parameters and are called after the other two.
     *
     * @return the classes, none by default
     */
    Class<? extends Consumer<Session>>[] setUp() default {};
}
