package dev.sessionstorage;

import java.lang.reflect.Field;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Hashes everything that decides whether a value reads back equal: which classes it contains and where, what is null and what
 * is empty, but not the texts and numbers themselves. If one value of a shape reads back equal, all do.
 */
final class Shape {

    /** No shape: the value has too many parts or a cycle, or one value of its class does not stand for the others. */
    static final long NONE = 0;

    private static final int MOST_PARTS = 10_000;
    private static final int DEEPEST = 200;
    private static final int MOST_KINDS = 16;

    private static final Set<Class<?>> VALUES = Set.of(
            String.class,
            Boolean.class,
            Integer.class,
            Character.class,
            Byte.class,
            Short.class,
            UUID.class,
            URI.class,
            // URL.hashCode looks up the address of its host.
            URL.class,
            Date.class);

    private int parts;
    private int depth;

    private Shape() {}

    static long of(Object value) {
        Shape shape = new Shape();
        long hash = shape.hash(value);
        return shape.parts > MOST_PARTS ? NONE : hash;
    }

    private long hash(@Nullable Object value) {
        if (value == null) {
            return 1;
        }
        Class<?> type = value.getClass();
        if (VALUES.contains(type)) {
            return hash(type);
        }
        if (++parts > MOST_PARTS || depth > DEEPEST) {
            parts = MOST_PARTS + 1;
            return NONE;
        }
        depth++;
        long hash = inner(type, value);
        depth--;
        return hash;
    }

    private long inner(Class<?> type, Object value) {
        if (value instanceof Number number) {
            return mix(hash(type), kind(number));
        }
        if (value instanceof Enum<?> constant) {
            return mix(hash(type), constant.name().hashCode());
        }
        if (value instanceof Map<?, ?> map) {
            map.keySet().forEach(this::mayBeAText);
            return mix(mix(ofCollection(type, value), kinds(map.keySet())), kinds(map.values()));
        }
        if (value instanceof Collection<?> elements) {
            return mix(ofCollection(type, value), kinds(elements));
        }
        if (value instanceof Object[] array) {
            return mix(hash(type), kinds(Arrays.asList(array)));
        }
        if (value instanceof Optional<?> optional) {
            return mix(hash(type), hash(optional.orElse(null)));
        }
        if (ApplicationClasses.contains(type)) {
            return own(type, value);
        }
        // Of another JDK class, such as Locale or Pattern, one value may come
        // back and another may not, so the value's hash counts.
        return value instanceof Temporal || type.isArray() ? hash(type) : mix(hash(type), value.hashCode());
    }

    private long ofCollection(Class<?> type, Object value) {
        return ApplicationClasses.hasMoreThanElements(type) ? own(type, value) : hash(type);
    }

    /**
     * A value has no shape if an application's object is a map key: whether it can be read back from text may depend on its
     * value.
     */
    private void mayBeAText(@Nullable Object key) {
        if (key != null && ApplicationClasses.contains(key.getClass()) && !(key instanceof Enum)) {
            parts = MOST_PARTS + 1;
        }
    }

    private long own(Class<?> type, Object value) {
        ApplicationClasses.Contents contents = ApplicationClasses.of(type);
        long hash = hash(type);
        if (!contents.steady()) {
            parts = MOST_PARTS + 1;
            return NONE;
        }
        if (!contents.open()) {
            return mix(hash, value.hashCode());
        }
        for (Field field : contents.fields()) {
            if (!field.getType().isPrimitive()) {
                hash = mix(hash, hash(ApplicationClasses.get(field, value)));
            }
        }
        return hash;
    }

    /** Hashes which shapes occur, not how often or in which order. */
    private long kinds(Collection<?> elements) {
        long[] kinds = new long[MOST_KINDS];
        int count = 0;
        long sum = 0;
        for (Object element : elements) {
            long hash = hash(element);
            int i = 0;
            while (i < count && kinds[i] != hash) {
                i++;
            }
            if (i == count && count < MOST_KINDS) {
                kinds[count++] = hash;
                sum += mix(hash, 7);
            } else if (i == count) {
                parts = MOST_PARTS + 1;
            }
        }
        return sum;
    }

    /** Distinguishes numbers by the class that they come back as: without a type, it is the narrowest that holds the number. */
    private static int kind(Number number) {
        if (number instanceof Long value) {
            return value == value.intValue() ? 1 : 2;
        }
        if (number instanceof Double || number instanceof Float) {
            double value = number.doubleValue();
            return Double.isFinite(value) ? (Double.compare(value, -0.0) == 0 ? 1 : 2) : 3;
        }
        if (number instanceof BigInteger value) {
            return value.bitLength() < 32 ? 1 : value.bitLength() < 64 ? 2 : 3;
        }
        if (number instanceof BigDecimal value) {
            double nearest = value.doubleValue();
            return Double.isFinite(nearest) && Double.toString(nearest).equals(value.toString()) ? 1 : 2;
        }
        return number.hashCode();
    }

    private static long hash(Class<?> type) {
        return ((long) type.getName().hashCode() << 32) ^ System.identityHashCode(type);
    }

    private static long mix(long hash, long part) {
        long mixed = (hash ^ (part + 0x9E3779B97F4A7C15L)) * 0xBF58476D1CE4E5B9L;
        return mixed ^ (mixed >>> 29);
    }
}
