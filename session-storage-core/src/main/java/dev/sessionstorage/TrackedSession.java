package dev.sessionstorage;

import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/** The session of a {@link ServerSideSessionStorage}. It tracks what its request reads and changes. */
final class TrackedSession implements Session {

    private enum Lifecycle {
        /** Not in the repository yet. */
        NEW,
        STORED,
        /** Ended through this object. */
        DESTROYED,
        /** Ended by another request, as a commit found. */
        GONE
    }

    private final ServerSideSessionStorage storage;
    private final SessionJson json;
    private final WorkingCopy attributes;
    private final HeldValues held;

    private Lifecycle lifecycle;
    private State state;
    /** The ids of valid cookies whose sessions could not be read here; another node may be able to. */
    private List<String> unreadIds = List.of();

    /** The cookie's value for the id, null if it has not been signed yet. */
    private @Nullable String cookieValue;

    private Change.@Nullable Owner owner;
    private boolean rotating;
    private Instant nextExtension = Instant.MIN;

    TrackedSession(ServerSideSessionStorage storage, SessionJson json, State state, @Nullable String cookieValue) {
        this.storage = storage;
        this.json = json;
        this.state = state;
        this.cookieValue = cookieValue;
        this.attributes = new WorkingCopy(state.attributes());
        this.held = new HeldValues(json, attributes);
        this.lifecycle = state.id().isEmpty() ? Lifecycle.NEW : Lifecycle.STORED;
    }

    @Override
    public String id() {
        return lifecycle == Lifecycle.DESTROYED ? "" : state.id();
    }

    @Override
    public boolean isNew() {
        return lifecycle == Lifecycle.NEW;
    }

    @Override
    public @Nullable Object get(String name) {
        return read(name, Object.class);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable T get(String name, Class<T> type) {
        return (T) read(name, type);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable T get(String name, ParameterizedTypeReference<T> type) {
        return (T) read(name, type.getType());
    }

    @Override
    public boolean has(String name) {
        checkUsable();
        return attributes.read(name) != null || attributes.peek(flashName(name)) != null;
    }

    @Override
    public void set(String name, Object value) {
        put(name, value, typeOf(value));
    }

    @Override
    public <T> void set(String name, T value, ParameterizedTypeReference<T> type) {
        put(name, value, type.getType());
    }

    private void put(String name, Object value, Type type) {
        checkUsable();
        checkName(name);
        String written = json.encode(name, value, type);
        String text = json.orEqual(attributes.peek(name), written);
        attributes.put(name, text);
        held.hold(name, value, type, text, written);
    }

    @Override
    public void unset(String name) {
        checkUsable();
        checkName(name);
        held.forget(name);
        attributes.remove(name);
        attributes.remove(flashName(name));
    }

    @Override
    public void flash(String name, Object value) {
        putFlash(name, value, typeOf(value));
    }

    @Override
    public <T> void flash(String name, T value, ParameterizedTypeReference<T> type) {
        putFlash(name, value, type.getType());
    }

    private void putFlash(String name, Object value, Type type) {
        checkUsable();
        checkName(name);
        attributes.put(flashName(name), json.encode(name, value, type));
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T update(String name, Class<T> type, UnaryOperator<@Nullable T> change) {
        return (T) compute(name, type, (UnaryOperator<@Nullable Object>) change);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T update(String name, ParameterizedTypeReference<T> type, UnaryOperator<@Nullable T> change) {
        return (T) compute(name, type.getType(), (UnaryOperator<@Nullable Object>) change);
    }

    private Object compute(String name, Type type, UnaryOperator<@Nullable Object> change) {
        checkUsable();
        checkName(name);
        held.detectMutation(name);
        held.forget(name);
        attributes.compute(name, text -> {
            Object value = text == null ? null : json.decode(name, text, type);
            return json.encode(name, change.apply(value), type);
        });
        return Objects.requireNonNull(read(name, type));
    }

    @Override
    public Map<String, Object> data() {
        checkUsable();
        held.detectMutations();
        Map<String, Object> snapshot = new LinkedHashMap<>();
        for (String name : List.copyOf(attributes.current().keySet())) {
            String text = attributes.read(name);
            if (text != null && !isReserved(name)) {
                snapshot.put(name, json.decode(name, text, Object.class));
            }
        }
        return Collections.unmodifiableMap(snapshot);
    }

    @Override
    public @Nullable String principal() {
        checkUsable();
        return owner != null ? owner.name() : state.data().principal();
    }

    @Override
    public void principal(@Nullable String name) {
        checkUsable();
        if (name != null && !PrincipalSessionRepository.isPrincipal(name)) {
            throw new IllegalArgumentException(
                    "A session's principal has 1 to 255 characters, not all of them blank, without"
                            + " NUL and without half of a surrogate pair: this one has " + name.length()
                            + " characters");
        }
        owner = new Change.Owner(name);
    }

    @Override
    public void rotateId() {
        checkUsable();
        rotating = true;
    }

    @Override
    public void idleTimeout(@Nullable Duration timeout) {
        checkUsable();
        if (timeout != null && timeout.toSeconds() < 1) {
            throw new IllegalArgumentException("A session's idle timeout " + timeout + " is less than a second");
        }
        attributes.apply(State.idleTimeoutTo(timeout));
    }

    @Override
    public Instant createdAt() {
        checkUsable();
        return state.data().createdAt();
    }

    @Override
    public @Nullable Instant expires() {
        checkUsable();
        return isNew() ? null : state.data().expires();
    }

    /** Shows no attribute: they may be secrets. */
    @Override
    public String toString() {
        return "Session["
                + (lifecycle == Lifecycle.DESTROYED ? "destroyed" : isNew() ? "new" : SessionId.shortHash(state.id()))
                + "]";
    }

    boolean belongsTo(ServerSideSessionStorage other) {
        return storage == other;
    }

    void unreadIds(List<String> presented) {
        unreadIds = presented;
    }

    /** The ids that a destroy deletes: this session's, and those of valid cookies whose sessions could not be read. */
    List<String> destroyableIds() {
        return id().isEmpty()
                ? unreadIds
                : Stream.concat(Stream.of(id()), unreadIds.stream()).toList();
    }

    /** The repository's state when this session was read or last written. */
    State state() {
        return state;
    }

    /** The changes of this request since then. */
    Change change() {
        held.detectMutations();
        return attributes.change(owner, rotating);
    }

    /** The session's own idle timeout with this request's changes, null if it has the storage's. */
    @Nullable
    Duration ownIdleTimeout() {
        return State.idleTimeout(attributes.current());
    }

    /** Restores the flash values that this request consumed, because no user has seen them. */
    void consumeNothing() {
        attributes.consumeNothing();
    }

    /** Whether a new session has nothing worth a record. */
    boolean isEmpty() {
        return State.areEmpty(attributes.current()) && principal() == null;
    }

    /** The cookie's value for the id: the request's own, or signed on first use. */
    String cookieValue(CookieCodec codec) {
        if (cookieValue == null) {
            cookieValue = codec.encode(state.id());
        }
        return cookieValue;
    }

    /** Continues from the stored state, which contains this request's change. */
    void committed(State stored) {
        cookieValue = stored.id().equals(state.id()) ? cookieValue : null;
        state = stored;
        lifecycle = Lifecycle.STORED;
        attributes.committed(stored.attributes());
        owner = null;
        rotating = false;
    }

    /** Returns what resets the session to its present state after a rollback. Later changes stay. */
    Runnable undo() {
        Lifecycle lifecycleBefore = lifecycle;
        State stateBefore = state;
        List<String> unreadBefore = unreadIds;
        String cookieBefore = cookieValue;
        return () -> {
            lifecycle = lifecycleBefore;
            state = stateBefore;
            unreadIds = unreadBefore;
            cookieValue = cookieBefore;
            attributes.undone(stateBefore.attributes());
        };
    }

    /** Continues from the same state with a later expiry. */
    void extended(State stored) {
        state = stored;
    }

    /** The earliest time for the next extension of the idle timeout. */
    Instant nextExtension() {
        return nextExtension;
    }

    void nextExtension(Instant earliest) {
        nextExtension = earliest;
    }

    void destroyed() {
        lifecycle = Lifecycle.DESTROYED;
        unreadIds = List.of();
    }

    void gone() {
        lifecycle = Lifecycle.GONE;
    }

    boolean isGone() {
        return lifecycle == Lifecycle.GONE;
    }

    void checkUsable() {
        if (lifecycle == Lifecycle.DESTROYED) {
            throw new IllegalStateException("This session has been destroyed: get a new one from the SessionStorage");
        }
    }

    private @Nullable Object read(String name, Type type) {
        checkUsable();
        if (!held.holds(name, type)) {
            held.detectMutation(name);
        }
        String text = attributes.read(name);
        if (text == null) {
            return consumeFlash(name, type);
        }
        Object known = held.value(name, type, text);
        if (known != null) {
            return known;
        }
        Object value = json.decode(name, text, type);
        held.hold(name, value, type, text, null);
        return value;
    }

    @SuppressWarnings("NullAway") // a null value is refused with a message when it is written
    private static Type typeOf(Object value) {
        return value == null ? Object.class : value.getClass();
    }

    private @Nullable Object consumeFlash(String name, Type type) {
        String text = attributes.read(flashName(name));
        if (text == null) {
            return null;
        }
        Object value = json.decode(name, text, type);
        attributes.consume(flashName(name));
        return value;
    }

    /** The attribute name under which Remix and React Router keep a flash value. */
    private static String flashName(String name) {
        return "__flash_" + name + "__";
    }

    static boolean isReserved(String name) {
        return name.startsWith("__");
    }

    private static void checkName(String name) {
        if (isReserved(name)) {
            throw new IllegalArgumentException(
                    "The session attribute name '" + name + "' is reserved: it starts with two underscores");
        }
        SessionJson.checkUnicode(name, name);
    }
}
