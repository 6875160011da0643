package dev.sessionstorage;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/**
 * A session that wraps another one, for instance to load it on first use. {@link SessionStorage} commits and destroys the
 * wrapped session.
 */
public abstract class DelegatingSession implements Session {

    /** Creates the wrapper. */
    protected DelegatingSession() {}

    /**
     * The wrapped session.
     *
     * @return the same object every time
     */
    protected abstract Session delegate();

    /**
     * The wrapped session, for a method that changes it.
     *
     * @return the same object as {@link #delegate()}
     * @throws IllegalStateException if the session can no longer be changed
     */
    protected Session delegateForChange() {
        return delegate();
    }

    /**
     * Called when a commit of this session has failed, before the caller gets the exception. An automatic commit should not
     * retry: if only the response was lost, the write has happened and would happen again. Not called if the caller's own
     * transaction failed; then nothing was written.
     *
     * @param failure the exception that the caller gets
     */
    protected void commitFailed(RuntimeException failure) {
        // Nothing, by default.
    }

    /**
     * Whether the cookie can still be sent if a commit extends this session. If not, and the cookie has a max-age, an unchanged
     * session is not extended either: the next commit does both.
     *
     * @return true, by default
     */
    protected boolean cookieMaySlide() {
        return true;
    }

    /**
     * Whether the user will see the response. If not, as for a HEAD request or a prefetch, the commit does not consume the
     * flash values that were read.
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
