package dev.sessionstorage;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/**
 * One user's attributes between requests. Changes stay in this object until {@link SessionStorage#commitSession}.
 *
 * <p>Values are stored as JSON. A value that was got or set and then mutated in place is stored too; setting an equal value
 * stores nothing. Reading an attribute in any way and then setting it means "I rely on what I read": if another request has
 * changed it meanwhile, the commit throws {@link SessionConflictException}. {@link #update} has no such conflict.
 *
 * <p>Attribute names may not start with two underscores. An object of this type serves one request and is not safe for
 * use by several threads at once. After its own {@link SessionStorage#destroySession} every method but {@link #id} and {@link #isNew} throws
 * {@link IllegalStateException}.
 */
public interface Session {

    /**
     * The id that the cookie carries: a secret, never log it.
     *
     * @return the id, "" until the first commit and after a destroy
     */
    String id();

    /**
     * Whether the session is not in the repository yet.
     *
     * @return false from the first commit on, and after a destroy
     */
    boolean isNew();

    /**
     * Reads an attribute, or else a flash value, which is consumed by that.
     *
     * @param name the attribute's name
     * @return one of JSON's natural types: String, Integer, Long, BigInteger, Double, BigDecimal (where a double would
     *     lose digits), Boolean, List or Map; null if there is no such attribute
     */
    @Nullable
    Object get(String name);

    /**
     * Reads an attribute, or else a flash value, as a type. Asking again for the same type gives the same object; ask for
     * one type only where you mutate it.
     *
     * @param name the attribute's name
     * @param type a type that Jackson can read
     * @param <T> that type
     * @return the value, or null if there is no such attribute
     * @throws IllegalStateException if the stored JSON does not fit the type
     */
    <T> @Nullable T get(String name, Class<T> type);

    /**
     * Reads an attribute, or else a flash value, as a generic type.
     *
     * @param name the attribute's name
     * @param type a type that Jackson can read, such as {@code new ParameterizedTypeReference<List<Item>>() {}}
     * @param <T> that type
     * @return the value, or null if there is no such attribute
     * @throws IllegalStateException if the stored JSON does not fit the type
     */
    <T> @Nullable T get(String name, ParameterizedTypeReference<T> type);

    /**
     * Whether there is an attribute or a flash value of that name; consumes nothing.
     *
     * @param name the attribute's name
     * @return whether {@link #get(String)} would find something
     */
    boolean has(String name);

    /**
     * Sets an attribute. What {@link #get} gives the next request, for the value's class, is equal to it; a collection's elements
     * must be of one class, or of JSON's natural types.
     *
     * @param name the attribute's name
     * @param value a value that Jackson can write and read again, not null: use {@link #unset}
     * @throws IllegalArgumentException if the name is reserved, or the value cannot be written as JSON or would come back as
     *     something else; the message says where and why
     */
    void set(String name, Object value);

    /**
     * Sets an attribute that will be read as a generic type: the class of an object does not tell what its type parameters are.
     *
     * @param name the attribute's name
     * @param value a value that Jackson can write and read again as that type
     * @param type the type, such as {@code new ParameterizedTypeReference<Page<Shape>>() {}}
     * @param <T> that type
     * @throws IllegalArgumentException as {@link #set(String, Object)} does
     */
    <T> void set(String name, T value, ParameterizedTypeReference<T> type);

    /**
     * Removes an attribute and a flash value of that name; absent is no error.
     *
     * @param name the attribute's name
     */
    void unset(String name);

    /**
     * Sets a value that the first {@link #get} consumes, usually in the next request. An attribute of the same name hides
     * it.
     *
     * @param name the name to get it by
     * @param value a value that Jackson can write and read again
     * @throws IllegalArgumentException as {@link #set(String, Object)} does
     */
    void flash(String name, Object value);

    /**
     * Sets a value of a generic type that the first {@link #get} consumes.
     *
     * @param name the name to get it by
     * @param value a value that Jackson can write and read again as that type
     * @param type the type, as for {@link #set(String, Object, ParameterizedTypeReference)}
     * @param <T> that type
     * @throws IllegalArgumentException as {@link #set(String, Object)} does
     */
    <T> void flash(String name, T value, ParameterizedTypeReference<T> type);

    /**
     * Changes an attribute atomically: {@code session.update("count", Integer.class, n -> n == null ? 1 : n + 1)}. The
     * function runs now, and again at commit on the fresh value if another request has committed first, so it must be free
     * of side effects.
     *
     * <p>The value that it returns has been read: to {@link #set} the attribute afterwards, or to mutate that value in place, relies
     * on it.
     *
     * @param name the attribute's name
     * @param type a type that Jackson can read
     * @param change from the present value, null if absent, to the new one, never null
     * @param <T> that type
     * @return the new value as seen now; after a commit {@link #get(String, Class)} gives the stored one
     * @throws IllegalArgumentException if {@link #set} would refuse the new value
     */
    <T> T update(String name, Class<T> type, UnaryOperator<@Nullable T> change);

    /**
     * Changes an attribute of a generic type atomically, as {@link #update(String, Class, UnaryOperator)} does.
     *
     * @param name the attribute's name
     * @param type a type that Jackson can read
     * @param change from the present value, null if absent, to the new one, never null
     * @param <T> that type
     * @return the new value as seen now
     * @throws IllegalArgumentException if {@link #set} would refuse the new value
     */
    <T> T update(String name, ParameterizedTypeReference<T> type, UnaryOperator<@Nullable T> change);

    /**
     * All attributes in their natural types, without flash values; counts as reading each of them.
     *
     * @return an unmodifiable snapshot
     */
    Map<String, Object> data();

    /**
     * Who the session belongs to.
     *
     * @return the principal's name, or null if nobody has logged in
     */
    @Nullable
    String principal();

    /**
     * Sets who the session belongs to. Call {@link #rotateId} with it, against session fixation.
     *
     * @param name the principal's name, at most 255 characters and not blank, or null for nobody;
     *     {@link PrincipalSessionRepository#isPrincipal} tells
     * @throws IllegalArgumentException if it is no such name
     */
    void principal(@Nullable String name);

    /** Lets the next commit move the session to a new id; the old one is dead then. Do so whenever privileges change. */
    void rotateId();

    /**
     * Gives this session an idle timeout of its own ("remember me") from the next commit on; its cookie's max-age follows. The
     * absolute timeout still holds.
     *
     * @param timeout at least a second, or null for that of the storage
     * @throws IllegalArgumentException if it is less than a second
     */
    void idleTimeout(@Nullable Duration timeout);

    /**
     * When the session was created.
     *
     * @return the instant from which the absolute timeout counts, in milliseconds
     */
    Instant createdAt();

    /**
     * When the session ends unless it is used before.
     *
     * @return the stored expiry, null until the first commit
     */
    @Nullable
    Instant expires();
}
