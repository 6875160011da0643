package dev.sessionstorage;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/**
 * The attributes of one user between requests. Changes stay in this object until {@link SessionStorage#commitSession}.
 *
 * <p>Values are stored as JSON. A value that is mutated in place after {@link #get} or {@link #set} is stored too. Setting an
 * equal value stores nothing. To read an attribute and then set it means to rely on what was read: if another request has changed
 * it meanwhile, the commit throws {@link SessionConflictException}. {@link #update} has no such conflict.
 *
 * <p>Attribute names must not start with two underscores. A session object serves one request and is not safe for use by several
 * threads at once. After {@link SessionStorage#destroySession} every method but {@link #id} and {@link #isNew} throws
 * {@link IllegalStateException}.
 */
public interface Session {

    /**
     * The id that the cookie carries. It is a secret: never log it.
     *
     * <pre>{@code
     * storage.commitSession(session);
     * String id = session.id();
     * }</pre>
     *
     * @return the id; empty until the first commit and after a destroy
     */
    String id();

    /**
     * Whether the session is not in the repository yet.
     *
     * <pre>{@code
     * Session session = storage.getSession(request.getHeader("Cookie"));
     * boolean firstVisit = session.isNew();
     * }</pre>
     *
     * @return false from the first commit on, and after a destroy
     */
    boolean isNew();

    /**
     * Reads an attribute. Without one, it reads the flash value of that name and consumes it.
     *
     * <pre>{@code
     * session.set("userId", 42);
     * Object userId = session.get("userId");   // an Integer
     * }</pre>
     *
     * @param name the attribute's name
     * @return one of JSON's natural types: String, Integer, Long, BigInteger, Double, BigDecimal (where a double would lose
     *     digits), Boolean, List or Map; null if there is no such attribute
     */
    @Nullable
    Object get(String name);

    /**
     * Reads an attribute, or a flash value, as a type. Asking again for the same type returns the same object. Ask for one type
     * only where you mutate the object.
     *
     * <pre>{@code
     * session.set("cart", new Cart());
     * Cart cart = session.get("cart", Cart.class);
     * }</pre>
     *
     * @param name the attribute's name
     * @param type a type that Jackson can read
     * @param <T> that type
     * @return the value, null if there is no such attribute
     * @throws IllegalStateException if the stored JSON does not fit the type
     */
    <T> @Nullable T get(String name, Class<T> type);

    /**
     * Reads an attribute, or a flash value, as a generic type.
     *
     * <pre>{@code
     * List<Item> items = session.get("items", new ParameterizedTypeReference<List<Item>>() {});
     * items.add(item);   // stored by the next commit
     * }</pre>
     *
     * @param name the attribute's name
     * @param type a type that Jackson can read
     * @param <T> that type
     * @return the value, null if there is no such attribute
     * @throws IllegalStateException if the stored JSON does not fit the type
     */
    <T> @Nullable T get(String name, ParameterizedTypeReference<T> type);

    /**
     * Whether there is an attribute or a flash value of that name. It consumes nothing.
     *
     * <pre>{@code
     * session.flash("notice", "Saved");
     * session.has("notice");   // true, as often as you ask
     * }</pre>
     *
     * @param name the attribute's name
     * @return whether {@link #get(String)} would find something
     */
    boolean has(String name);

    /**
     * Sets an attribute. The next request gets an equal value for the value's class. The elements of a collection must be of one
     * class or of JSON's natural types.
     *
     * <pre>{@code
     * session.set("theme", "dark");
     * session.set("cart", new Cart(List.of(item)));
     * }</pre>
     *
     * @param name the attribute's name
     * @param value a value that Jackson can write and read again, not null: use {@link #unset}
     * @throws IllegalArgumentException if the name is reserved, or if the value cannot be written as JSON or would come back as
     *     another one; the message says where and why
     */
    void set(String name, Object value);

    /**
     * Sets an attribute of a generic type. An object's class does not tell its type arguments.
     *
     * <pre>{@code
     * ParameterizedTypeReference<Page<Shape>> type = new ParameterizedTypeReference<>() {};
     * session.set("page", page, type);
     * }</pre>
     *
     * @param name the attribute's name
     * @param value a value that Jackson can write and read again as that type
     * @param type the type to read it as
     * @param <T> that type
     * @throws IllegalArgumentException as {@link #set(String, Object)} does
     */
    <T> void set(String name, T value, ParameterizedTypeReference<T> type);

    /**
     * Removes an attribute and the flash value of that name. An absent one is no error.
     *
     * <pre>{@code
     * session.unset("cart");
     * session.has("cart");   // false
     * }</pre>
     *
     * @param name the attribute's name
     */
    void unset(String name);

    /**
     * Sets a value that the first {@link #get} consumes, usually in the next request. An attribute of the same name hides it.
     *
     * <pre>{@code
     * session.flash("notice", "Your order is on its way");
     * return "redirect:/orders";
     * }</pre>
     *
     * @param name the name to get it by
     * @param value a value that Jackson can write and read again
     * @throws IllegalArgumentException as {@link #set(String, Object)} does
     */
    void flash(String name, Object value);

    /**
     * Sets a value of a generic type that the first {@link #get} consumes.
     *
     * <pre>{@code
     * ParameterizedTypeReference<List<Hint>> type = new ParameterizedTypeReference<>() {};
     * session.flash("hints", hints, type);
     * }</pre>
     *
     * @param name the name to get it by
     * @param value a value that Jackson can write and read again as that type
     * @param type the type to read it as
     * @param <T> that type
     * @throws IllegalArgumentException as {@link #set(String, Object)} does
     */
    <T> void flash(String name, T value, ParameterizedTypeReference<T> type);

    /**
     * Changes an attribute atomically. The function runs now, and again at commit if another request has changed the attribute
     * meanwhile, so it must be free of side effects. Its result counts as read: a later {@link #set}, or a mutation in place,
     * relies on it.
     *
     * <pre>{@code
     * session.update("count", Integer.class, n -> n == null ? 1 : n + 1);
     * storage.commitSession(session);   // no increment is lost
     * }</pre>
     *
     * @param name the attribute's name
     * @param type a type that Jackson can read
     * @param change from the present value, null if absent, to the new one, never null
     * @param <T> that type
     * @return the new value as seen now; after a commit {@link #get(String, Class)} returns the stored one
     * @throws IllegalArgumentException if {@link #set} would refuse the new value
     */
    <T> T update(String name, Class<T> type, UnaryOperator<@Nullable T> change);

    /**
     * Changes an attribute of a generic type atomically, as {@link #update(String, Class, UnaryOperator)} does.
     *
     * <pre>{@code
     * ParameterizedTypeReference<Set<String>> type = new ParameterizedTypeReference<>() {};
     * session.update("seen", type, seen -> with(seen, productId));
     * }</pre>
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
     * All attributes in their natural types, without flash values. It counts as reading each of them.
     *
     * <pre>{@code
     * session.set("theme", "dark");
     * session.data();   // {theme=dark}
     * }</pre>
     *
     * @return an unmodifiable snapshot
     */
    Map<String, Object> data();

    /**
     * The user whom the session belongs to.
     *
     * <pre>{@code
     * session.principal("robin");
     * String name = session.principal();   // robin
     * }</pre>
     *
     * @return the principal's name, null before a login
     */
    @Nullable
    String principal();

    /**
     * Gives the session to a user, or takes it away. Call {@link #rotateId} with it, against session fixation. A login restarts
     * the absolute timeout.
     *
     * <pre>{@code
     * session.principal("robin");
     * session.rotateId();
     * }</pre>
     *
     * @param name the principal's name, at most 255 characters and not blank
     *     ({@link PrincipalSessionRepository#isPrincipal}), or null for no one
     * @throws IllegalArgumentException if it is no such name
     */
    void principal(@Nullable String name);

    /**
     * Moves the session to a new id with the next commit. The old id never opens it again. Do so whenever privileges change.
     *
     * <pre>{@code
     * session.rotateId();
     * String setCookie = storage.commitSession(session);   // carries the new id
     * }</pre>
     */
    void rotateId();

    /**
     * Gives this session an idle timeout of its own ("remember me") with the next commit. The cookie's max-age follows. The
     * absolute timeout still holds.
     *
     * <pre>{@code
     * session.idleTimeout(Duration.ofDays(14));
     * String setCookie = storage.commitSession(session);   // …; Max-Age=1209600; …
     * }</pre>
     *
     * @param timeout at least a second, or null for that of the storage
     * @throws IllegalArgumentException if it is less than a second
     */
    void idleTimeout(@Nullable Duration timeout);

    /**
     * When the session was created, or its user last logged in. The absolute timeout counts from here.
     *
     * <pre>{@code
     * Duration age = Duration.between(session.createdAt(), Instant.now());
     * boolean askAgain = age.toMinutes() > 5;
     * }</pre>
     *
     * @return an instant in milliseconds
     */
    Instant createdAt();

    /**
     * When the session ends if it is not used again.
     *
     * <pre>{@code
     * storage.commitSession(session);
     * Instant end = session.expires();
     * }</pre>
     *
     * @return the stored expiry in milliseconds, null until the first commit
     */
    @Nullable
    Instant expires();
}
