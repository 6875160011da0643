package dev.sessionstorage;

import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.Temporal;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/** The session of a {@link RepositorySessionStorage}: attributes that are JSON, and become objects when they are asked for. */
final class JsonSession implements Session {

    /** Other numbers, such as an AtomicInteger, may be mutated. */
    private static final Set<Class<?>> IMMUTABLE = Set.of(
            Integer.class,
            Long.class,
            Double.class,
            Float.class,
            Short.class,
            Byte.class,
            Character.class,
            BigInteger.class,
            BigDecimal.class,
            UUID.class);

    private final RepositorySessionStorage storage;
    private final SessionJson json;
    private final SessionAttributes attributes;
    /** Objects that the application holds and may have mutated in place; not those that nobody can. */
    private final Map<String, Live> live = new HashMap<>();

    private String id;
    /** The ids of valid cookies whose sessions could not be read here: another node may be able to. */
    private List<String> unreadIds = List.of();

    /** The cookie's value for the id, null if it has not been signed yet. */
    private @Nullable String cookieValue;

    private SessionData stored;
    private @Nullable String principal;
    private boolean principalSet;
    private boolean rotating;
    private boolean destroyed;
    private Instant nextExtension = Instant.MIN;

    /**
     * An object handed to or taken from the application, its type, the attribute's text, and what the object was last
     * written as: null if it was only read.
     */
    private record Live(
            Object value, Type type, String text, @Nullable String written) {}

    /** A session that is stored under an id; "" makes a new one. */
    JsonSession(
            RepositorySessionStorage storage,
            SessionJson json,
            String id,
            @Nullable String cookieValue,
            SessionData stored,
            SessionAttributes attributes) {
        this.storage = storage;
        this.json = json;
        this.id = id;
        this.cookieValue = cookieValue;
        this.stored = stored;
        this.attributes = attributes;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public boolean isNew() {
        return id.isEmpty() && !destroyed;
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
        hold(name, value, type, text, written);
    }

    @Override
    public void unset(String name) {
        checkUsable();
        checkName(name);
        live.remove(name);
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
        detectMutation(name);
        live.remove(name);
        attributes.compute(name, text -> {
            Object value = text == null ? null : json.decode(name, text, type);
            return json.encode(name, change.apply(value), type);
        });
        return Objects.requireNonNull(read(name, type));
    }

    @Override
    public Map<String, Object> data() {
        checkUsable();
        detectMutations();
        Map<String, Object> snapshot = new LinkedHashMap<>();
        for (String name : attributes.names()) {
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
        return principalOver(stored);
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
        principal = name;
        principalSet = true;
    }

    @Override
    public void rotateId() {
        checkUsable();
        rotating = true;
    }

    @Override
    public Instant createdAt() {
        checkUsable();
        return stored.createdAt();
    }

    @Override
    public @Nullable Instant expires() {
        checkUsable();
        return id.isEmpty() ? null : stored.expires();
    }

    /** Shows no attribute: they may be secrets. */
    @Override
    public String toString() {
        return "Session[" + (destroyed ? "destroyed" : id.isEmpty() ? "new" : SessionId.shortHash(id)) + "]";
    }

    boolean belongsTo(RepositorySessionStorage other) {
        return storage == other;
    }

    void unreadIds(List<String> presented) {
        unreadIds = presented;
    }

    /** Where a destroy finds something to end: this session's id, and those that it could not be read under. */
    List<String> destroyableIds() {
        return id.isEmpty()
                ? unreadIds
                : Stream.concat(Stream.of(id), unreadIds.stream()).toList();
    }

    boolean isRotating() {
        return rotating;
    }

    SessionAttributes attributes() {
        return attributes;
    }

    /** What the repository held when this session was read, or last written. */
    SessionData stored() {
        return stored;
    }

    /** Whether a new session has nothing that would be worth a record. */
    boolean isEmpty() {
        return attributes.isEmpty() && principal() == null;
    }

    /** Whether a commit has to write. */
    boolean isChanged() {
        return rotating || attributes.isChanged() || !Objects.equals(principal(), stored.principal());
    }

    /** Whether this request says whose session it is, and wants another id for it. */
    boolean isLogin() {
        return rotating && principalSet && principal != null;
    }

    /** Whether somebody logs in who is not known to a state, or once more. */
    boolean isLoginOver(SessionData fresh) {
        return isLogin() || (principalSet && principal != null && !principal.equals(fresh.principal()));
    }

    /** The principal to store on top of a state. */
    @Nullable
    String principalOver(SessionData fresh) {
        return principalSet ? principal : fresh.principal();
    }

    /** The session's own idle timeout, if it was committed with a max-age of its own. */
    @Nullable
    Duration ownIdleTimeout() {
        return json.idleTimeout(attributes.peek(SessionJson.IDLE_TIMEOUT));
    }

    void ownIdleTimeout(@Nullable Duration timeout) {
        if (timeout == null) {
            attributes.remove(SessionJson.IDLE_TIMEOUT);
        } else {
            attributes.put(SessionJson.IDLE_TIMEOUT, Long.toString(timeout.toSeconds()));
        }
    }

    /** The cookie's value for the id: as the request had it, or else signed once. */
    String cookieValue(CookieCodec codec) {
        if (cookieValue == null) {
            cookieValue = codec.encode(id);
        }
        return cookieValue;
    }

    /** Takes over what has been stored. */
    void committed(String newId, SessionData data, Map<String, String> newAttributes) {
        cookieValue = newId.equals(id) ? cookieValue : null;
        id = newId;
        stored = data;
        attributes.committed(newAttributes);
        principal = null;
        principalSet = false;
        rotating = false;
    }

    /** Takes the session back to what it is now, for a transaction that is undone. */
    Runnable undo() {
        String idBefore = id;
        List<String> unreadBefore = unreadIds;
        String cookieBefore = cookieValue;
        SessionData storedBefore = stored;
        Map<String, String> attributesBefore = attributes.stored();
        return () -> {
            id = idBefore;
            unreadIds = unreadBefore;
            cookieValue = cookieBefore;
            stored = storedBefore;
            destroyed = false;
            attributes.undone(attributesBefore);
        };
    }

    void extended(Instant expires) {
        stored = stored.withExpires(expires);
    }

    /** When the idle timeout may be extended at the earliest. */
    Instant nextExtension() {
        return nextExtension;
    }

    void nextExtension(Instant earliest) {
        nextExtension = earliest;
    }

    void destroyed() {
        destroyed = true;
        id = "";
        unreadIds = List.of();
    }

    void checkUsable() {
        if (destroyed) {
            throw new IllegalStateException("This session has been destroyed: get a new one from the SessionStorage");
        }
    }

    /** Turns values that the application has mutated in place into changes. */
    void detectMutations() {
        if (!live.isEmpty()) {
            List.copyOf(live.keySet()).forEach(this::detectMutation);
        }
    }

    private void detectMutation(String name) {
        Live held = live.get(name);
        if (held == null) {
            return;
        }
        String text = json.text(name, held.value(), held.type());
        if (!text.equals(held.text()) && !text.equals(untouched(name, held))) {
            attributes.put(name, json.encode(name, held.value(), held.type()));
            live.put(name, new Live(held.value(), held.type(), text, text));
        }
    }

    /** What the object would be written as if nobody had mutated it: reading as a type may drop or reorder parts. */
    private String untouched(String name, Live held) {
        return held.written() != null
                ? held.written()
                : json.text(name, json.decode(name, held.text(), held.type()), held.type());
    }

    private @Nullable Object read(String name, Type type) {
        checkUsable();
        Live held = live.get(name);
        if (held == null || !held.type().equals(type)) {
            detectMutation(name);
        }
        String text = attributes.read(name);
        if (text == null) {
            return consumeFlash(name, type);
        }
        if (held == null || !held.type().equals(type) || !held.text().equals(text)) {
            Object value = json.decode(name, text, type);
            hold(name, value, type, text, null);
            return value;
        }
        return held.value();
    }

    private void hold(String name, Object value, Type type, String text, @Nullable String written) {
        if (isImmutable(value)) {
            live.remove(name);
        } else {
            live.put(name, new Live(value, type, text, written));
        }
    }

    private static boolean isImmutable(Object value) {
        return value instanceof String
                || value instanceof Boolean
                || value instanceof Enum
                || value instanceof Temporal
                || IMMUTABLE.contains(value.getClass());
    }

    @SuppressWarnings("NullAway") // callers without a null check are told so when the value is written
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

    /** The name that Remix and React Router keep flash values under. */
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
