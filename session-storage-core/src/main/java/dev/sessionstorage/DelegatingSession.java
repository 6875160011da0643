package dev.sessionstorage;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/**
 * A session that stands in front of another one, for instance to load it on first use. {@link SessionStorage} commits and
 * destroys the one behind it.
 */
public abstract class DelegatingSession implements Session {

    /** For subclasses. */
    protected DelegatingSession() {}

    /**
     * The session behind this one.
     *
     * @return the same object every time
     */
    protected abstract Session delegate();

    /**
     * The session behind this one, asked for before a method that changes it.
     *
     * @return the same object as {@link #delegate()}
     * @throws IllegalStateException if it may not be changed any more
     */
    protected Session delegateForChange() {
        return delegate();
    }

    /**
     * Told when a commit of this session has failed and the caller gets the exception. Whatever commits by itself should leave
     * it at that: a write whose answer was lost may have happened, and would happen again. Not told where the transaction of the
     * caller was to blame, which has written nothing.
     *
     * @param failure what the caller gets
     */
    protected void commitFailed(RuntimeException failure) {
        // Nothing, by default.
    }

    /**
     * Asked when a commit may extend this session, whether its cookie can be sent again. If not, and the cookie has a max-age, an
     * unchanged session is not extended either: the next commit can do both.
     *
     * @return true, by default
     */
    protected boolean cookieMaySlide() {
        return true;
    }

    /**
     * Whether somebody gets to see what this session is asked for. Flash values that are read for nobody, as by a HEAD request or a
     * browser that fetches a page in advance, are there again for whoever does.
     *
     * @return true unless overridden
     */
    protected boolean isSeen() {
        return true;
    }

    @Override
    public String id() {
        return delegate().id();
    }

    @Override
    public boolean isNew() {
        return delegate().isNew();
    }

    @Override
    public @Nullable Object get(String name) {
        return delegate().get(name);
    }

    @Override
    public <T> @Nullable T get(String name, Class<T> type) {
        return delegate().get(name, type);
    }

    @Override
    public <T> @Nullable T get(String name, ParameterizedTypeReference<T> type) {
        return delegate().get(name, type);
    }

    @Override
    public boolean has(String name) {
        return delegate().has(name);
    }

    @Override
    public void set(String name, Object value) {
        delegateForChange().set(name, value);
    }

    @Override
    public <T> void set(String name, T value, ParameterizedTypeReference<T> type) {
        delegateForChange().set(name, value, type);
    }

    @Override
    public void unset(String name) {
        delegateForChange().unset(name);
    }

    @Override
    public void flash(String name, Object value) {
        delegateForChange().flash(name, value);
    }

    @Override
    public <T> void flash(String name, T value, ParameterizedTypeReference<T> type) {
        delegateForChange().flash(name, value, type);
    }

    @Override
    public <T> T update(String name, Class<T> type, UnaryOperator<@Nullable T> change) {
        return delegateForChange().update(name, type, change);
    }

    @Override
    public <T> T update(String name, ParameterizedTypeReference<T> type, UnaryOperator<@Nullable T> change) {
        return delegateForChange().update(name, type, change);
    }

    @Override
    public Map<String, Object> data() {
        return delegate().data();
    }

    @Override
    public @Nullable String principal() {
        return delegate().principal();
    }

    @Override
    public void principal(@Nullable String name) {
        delegateForChange().principal(name);
    }

    @Override
    public void rotateId() {
        delegateForChange().rotateId();
    }

    @Override
    public void idleTimeout(@Nullable Duration timeout) {
        delegateForChange().idleTimeout(timeout);
    }

    @Override
    public Instant createdAt() {
        return delegate().createdAt();
    }

    @Override
    public @Nullable Instant expires() {
        return delegate().expires();
    }
}
