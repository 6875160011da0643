package dev.sessionstorage;

import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.temporal.Temporal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Dirty checking: tracks the attribute objects that the application holds and may mutate in place. */
final class HeldValues {

    /** Other numbers, such as AtomicInteger, are mutable. */
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

    private final SessionJson json;
    private final WorkingCopy attributes;
    /** Null until needed: most sessions hold no mutable object. */
    private @Nullable Map<String, Held> values;

    /**
     * An object that the application got or set.
     *
     * @param text the attribute's text at that time
     * @param written the text that the object was last written as, null if it was only read
     */
    private record Held(
            Object value, Type type, String text, @Nullable String written) {}

    HeldValues(SessionJson json, WorkingCopy attributes) {
        this.json = json;
        this.attributes = attributes;
    }

    void hold(String name, Object value, Type type, String text, @Nullable String written) {
        if (isImmutable(value)) {
            forget(name);
            return;
        }
        if (values == null) {
            values = new HashMap<>();
        }
        values.put(name, new Held(value, type, text, written));
    }

    void forget(String name) {
        if (values != null) {
            values.remove(name);
        }
    }

    /** Updates the text of each attribute whose object was mutated. */
    void detectMutations() {
        if (values != null) {
            for (String name : List.copyOf(values.keySet())) {
                detectMutation(name);
            }
        }
    }

    private @Nullable Held held(String name) {
        return values == null ? null : values.get(name);
    }

    /** Whether the application holds an object of an attribute as this type. */
    boolean holds(String name, Type type) {
        Held held = held(name);
        return held != null && held.type().equals(type);
    }

    /** The object of this type that the application already holds of an attribute, null if the attribute has changed since. */
    @Nullable
    Object value(String name, Type type, String text) {
        Held held = held(name);
        return held != null && held.type().equals(type) && held.text().equals(text) ? held.value() : null;
    }

    /** Updates an attribute's text if its object was mutated since it was handed over. */
    void detectMutation(String name) {
        Held held = held(name);
        if (held == null) {
            return;
        }
        String text = json.text(name, held.value(), held.type());
        if (!text.equals(held.text()) && !text.equals(untouched(name, held))) {
            attributes.put(name, json.encode(name, held.value(), held.type()));
            hold(name, held.value(), held.type(), text, text);
        }
    }

    /**
     * The text of the unmutated object. It may differ from the stored text, because reading as a type may drop or reorder
     * parts.
     */
    private String untouched(String name, Held held) {
        return held.written() != null
                ? held.written()
                : json.text(name, json.decode(name, held.text(), held.type()), held.type());
    }

    private static boolean isImmutable(Object value) {
        return value instanceof String
                || value instanceof Boolean
                || value instanceof Enum
                || value instanceof Temporal
                || IMMUTABLE.contains(value.getClass());
    }
}
