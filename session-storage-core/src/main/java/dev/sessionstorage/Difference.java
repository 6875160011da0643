package dev.sessionstorage;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.TreeNode;

/**
 * Finds where a value differs from the one that was read back. JSON does not keep a collection's class, so lists, sets and maps
 * are compared by their contents. Everything else must have the same class. The application's objects are compared field by
 * field, because their {@code equals} may ignore fields.
 */
final class Difference {

    /** Says what differs and what to do. It shows no value, which may be a secret. */
    private static final class Found extends RuntimeException {

        private final StringBuilder path = new StringBuilder();
        private final String what;

        Found(String what) {
            super(null, null, false, false);
            this.what = what;
        }
    }

    /** Whether a field of a class is excluded on purpose. */
    private final BiPredicate<Class<?>, Field> leftOut;

    /** Cached: asking Jackson which fields are excluded takes longer than the rest of the comparison. */
    private final Map<Class<?>, List<Field>> keptFields = new HashMap<>();

    private final IdentityHashMap<Object, Object> compared = new IdentityHashMap<>();

    private Difference(BiPredicate<Class<?>, Field> leftOut) {
        this.leftOut = leftOut;
    }

    /** Describes the first difference, beginning with its path; null if the values are equal. */
    static @Nullable String between(@Nullable Object in, @Nullable Object out, BiPredicate<Class<?>, Field> leftOut) {
        try {
            new Difference(leftOut).compare(in, out);
            return null;
        } catch (Found found) {
            return (found.path.isEmpty() ? "it" : found.path.charAt(0) == '.' ? found.path.substring(1) : found.path)
                    + " " + found.what;
        }
    }

    private void compare(@Nullable Object in, @Nullable Object out) {
        if (in == out) {
            return;
        }
        if (in == null || out == null) {
            throw new Found(
                    in == null
                            ? "is null and comes back as " + name(Objects.requireNonNull(out))
                            : "comes back as null: give it a field, a getter or a parameter of the @JsonCreator, or mark it"
                                    + " @JsonIgnore or transient if it need not be kept");
        }
        String unkeepable = ApplicationClasses.unkeepable(in);
        if (unkeepable != null) {
            throw new Found(unkeepable);
        }
        if (compared.put(in, out) == out) {
            return;
        }
        if (in instanceof Map<?, ?> map && out instanceof Map<?, ?> other) {
            compareMaps(map, other);
        } else if (in instanceof Collection<?> all && out instanceof Collection<?> others) {
            compareCollections(all, others);
        } else if (in instanceof Map.Entry<?, ?> entry && out instanceof Map.Entry<?, ?> other) {
            at(".key", entry.getKey(), other.getKey());
            at(".value", entry.getValue(), other.getValue());
        } else if (in instanceof Date date && out instanceof Date other && isSameTime(date, other)) {
            // Databases return a Timestamp for a field of type Date.
            return;
        } else if (in.getClass() != out.getClass()) {
            throw new Found("is a " + name(in) + " and comes back as a " + name(out) + advice(in));
        } else {
            compareSameClass(in, out);
        }
    }

    private static String advice(Object in) {
        return ApplicationClasses.contains(in.getClass())
                ? ": declare that class in place of one above it, give the type along (new"
                        + " ParameterizedTypeReference<…>() {}), or mark an interface with @JsonTypeInfo"
                : ", since nothing but its place says what it was: put it into a record or class with a field of that type,"
                        + " or into a list or map whose values are all of that class";
    }

    private void compareSameClass(Object in, Object out) {
        if (in instanceof Optional<?> optional) {
            compare(optional.orElse(null), ((Optional<?>) out).orElse(null));
        } else if (in instanceof AtomicReference<?> reference) {
            compare(reference.get(), ((AtomicReference<?>) out).get());
        } else if (in.getClass().isArray()) {
            compareArrays(in, out);
        } else if (ApplicationClasses.contains(in.getClass())
                && ApplicationClasses.of(in.getClass()).open()
                && !(in instanceof Enum)) {
            compareFields(in, out);
            if (ApplicationClasses.extendsJdk(in.getClass()) && !isEqual(in, out)) {
                throw new Found("is not equal to what comes back");
            }
            if (ApplicationClasses.of(in.getClass()).hidden() && hasEquals(in.getClass()) && !in.equals(out)) {
                throw new Found("is not equal to what comes back without its transient fields: put what it holds into a"
                        + " plain list, map or record");
            }
        } else if (!isEqual(in, out)) {
            throw new Found("of " + in.getClass() + " comes back as another value");
        }
    }

    private void compareFields(Object in, Object out) {
        for (Field field : keptFields.computeIfAbsent(in.getClass(), this::kept)) {
            at("." + field.getName(), ApplicationClasses.get(field, in), ApplicationClasses.get(field, out));
        }
    }

    private List<Field> kept(Class<?> type) {
        return ApplicationClasses.of(type).fields().stream()
                .filter(field -> !isCachedHash(field) && !leftOut.test(type, field))
                .toList();
    }

    private static boolean isCachedHash(Field field) {
        return field.getType() == int.class
                && !Modifier.isFinal(field.getModifiers())
                && (field.getName().equals("hash") || field.getName().equals("hashCode"));
    }

    private void compareArrays(Object in, Object out) {
        if (in instanceof Object[] array) {
            compareInOrder(Arrays.asList(array), Arrays.asList((Object[]) out));
        } else if (!Arrays.deepEquals(new Object[] {in}, new Object[] {out})) {
            throw new Found("of " + in.getClass().getComponentType() + "[] comes back as another value");
        }
    }

    private void compareMaps(Map<?, ?> in, Map<?, ?> out) {
        compareOwn(in, out);
        if (in instanceof SortedMap<?, ?> sorted) {
            compareOrder(sorted.comparator(), out instanceof SortedMap<?, ?> other ? other.comparator() : null);
        }
        if (in.size() != out.size()) {
            throw new Found("comes back with " + out.size() + " entries in place of " + in.size());
        }
        // A copy, because a sorted map can only look up keys of one class.
        Map<?, ?> others = new HashMap<>(out);
        in.forEach((key, value) -> {
            if (!others.containsKey(key)) {
                throw new Found("has a key, of " + (key == null ? "null" : key.getClass())
                        + ", that does not come back as an equal one: use texts, numbers, enums, dates or UUIDs, and no others"
                        + " in one map");
            }
            at("[…]", value, others.get(key));
        });
    }

    private void compareCollections(Collection<?> in, Collection<?> out) {
        compareOwn(in, out);
        if (in instanceof Set != out instanceof Set) {
            throw new Found("is a " + name(in) + " and comes back as a " + name(out)
                    + ": declare it as what it is, a Set or a List");
        }
        if (in instanceof SortedSet<?> sorted) {
            compareOrder(sorted.comparator(), out instanceof SortedSet<?> other ? other.comparator() : null);
        }
        if (in.size() != out.size()) {
            throw new Found("comes back with " + out.size() + " elements in place of " + in.size());
        }
        if (in instanceof Set) {
            compareSets(in, out);
        } else {
            compareInOrder(in, out);
        }
    }

    private void compareInOrder(Collection<?> in, Collection<?> out) {
        Iterator<?> others = out.iterator();
        int index = 0;
        for (Object element : in) {
            at("[" + index++ + "]", element, others.next());
        }
    }

    private void compareSets(Collection<?> in, Collection<?> out) {
        Map<Object, Object> others = new HashMap<>();
        out.forEach(other -> others.put(other, other));
        List<Object> unequal = new ArrayList<>();
        for (Object element : in) {
            if (others.containsKey(element)) {
                at("[…]", element, others.get(element));
            } else {
                unequal.add(element);
            }
        }
        // Elements whose class has no equals never equal those that were read, so they are compared by their fields.
        List<Object> left = new ArrayList<>(out);
        left.removeIf(in::contains);
        for (Object element : unequal) {
            Object match = left.stream()
                    .filter(other -> between(element, other, leftOut) == null)
                    .findFirst()
                    .orElseThrow(() -> new Found(
                            "has an element, of " + element.getClass() + ", that does not come back as an equal one"));
            left.remove(match);
        }
    }

    /** A comparator is code, which JSON cannot keep. */
    private static void compareOrder(@Nullable Comparator<?> in, @Nullable Comparator<?> out) {
        if (in != null && !in.equals(Comparator.naturalOrder()) && !in.equals(out)) {
            throw new Found("has an order of its own, which does not come back: keep it in its natural order");
        }
    }

    /** An application's collection class may have fields besides its elements. */
    private void compareOwn(Object in, Object out) {
        if (ApplicationClasses.hasMoreThanElements(in.getClass()) && !hasSameFields(in, out)) {
            throw new Found(
                    "is a collection with fields of its own, which do not come back: let a class hold both in fields");
        }
    }

    private boolean hasSameFields(Object in, Object out) {
        if (in.getClass() != out.getClass()) {
            return ApplicationClasses.of(in.getClass()).fields().isEmpty();
        }
        try {
            compareFields(in, out);
            return true;
        } catch (Found different) {
            return false;
        }
    }

    @SuppressWarnings("JavaUtilDate")
    private static boolean isSameTime(Date in, Date out) {
        return out.getClass() == Date.class
                && in.getTime() == out.getTime()
                && !(in instanceof java.sql.Timestamp time && time.getNanos() % 1_000_000 != 0);
    }

    private static boolean isEqual(Object in, Object out) {
        if (in instanceof URL url) {
            // URL.equals looks up the addresses of hosts.
            return url.toExternalForm().equals(((URL) out).toExternalForm());
        }
        if (in instanceof Pattern pattern && pattern.flags() != ((Pattern) out).flags()) {
            return false;
        }
        if (in instanceof TreeNode) {
            // As nodes, an int 5 and a long 5 are not equal; as text they are.
            return in.toString().equals(out.toString());
        }
        return in.equals(out) || (!hasEquals(in.getClass()) && in.toString().equals(out.toString()));
    }

    /**
     * Whether a class has its own equals. Without one, as in AtomicInteger, values are compared by toString. The toString of
     * Object contains the identity hash, so it never matches.
     */
    private static boolean hasEquals(Class<?> type) {
        try {
            return type.getMethod("equals", Object.class).getDeclaringClass() != Object.class;
        } catch (NoSuchMethodException e) {
            return true;
        }
    }

    private void at(String step, @Nullable Object in, @Nullable Object out) {
        try {
            compare(in, out);
        } catch (Found found) {
            found.path.insert(0, step);
            throw found;
        }
    }

    private static String name(Object object) {
        return object.getClass().getName();
    }
}
