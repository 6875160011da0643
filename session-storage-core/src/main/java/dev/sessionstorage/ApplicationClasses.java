package dev.sessionstorage;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.TreeNode;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;

/** Inspects the classes of the application and its libraries: those that are neither the JDK's nor Jackson's. */
final class ApplicationClasses {

    /** Cached on the class itself, so that the class can still be unloaded. */
    private static final ClassValue<Contents> CONTENTS = new ClassValue<>() {
        @Override
        protected Contents computeValue(Class<?> type) {
            return contents(type);
        }
    };

    private static final Set<Class<?>> CONVERTING = Set.of(
            JsonFormat.class,
            JsonInclude.class,
            JsonSerialize.class,
            JsonDeserialize.class,
            JsonValue.class,
            JsonCreator.class);

    private static final Set<Class<?>> STATELESS = Set.of(Object.class, Record.class, Number.class);

    /**
     * The fields that make up a value.
     *
     * @param open whether reflection can read all of them
     * @param hidden whether the class also has transient fields, which its equals may compare
     * @param steady whether one value that survives serialization stands for all values of the class
     */
    record Contents(List<Field> fields, boolean open, boolean hidden, boolean steady) {}

    private ApplicationClasses() {}

    static boolean contains(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader != null
                && loader != ClassLoader.getPlatformClassLoader()
                && !type.isArray()
                && !TreeNode.class.isAssignableFrom(type);
    }

    /** The fields of a class and its superclasses outside the JDK, without static and transient ones. */
    static Contents of(Class<?> type) {
        return CONTENTS.get(type);
    }

    /** Whether the class extends a JDK class with state, whose fields reflection cannot read. */
    static boolean extendsJdk(Class<?> type) {
        Class<?> above = jdkClassAbove(type);
        return above != null && !STATELESS.contains(above);
    }

    /**
     * Whether a collection has fields besides its elements. Only a subclass of a concrete JDK collection counts: any other
     * keeps its elements in its own fields.
     */
    static boolean hasMoreThanElements(Class<?> type) {
        Class<?> above = jdkClassAbove(type);
        return above != null && above != Object.class && !Modifier.isAbstract(above.getModifiers()) && of(type).open();
    }

    private static @Nullable Class<?> jdkClassAbove(Class<?> type) {
        Class<?> above = type.getSuperclass();
        while (above != null && contains(above)) {
            above = above.getSuperclass();
        }
        return above;
    }

    /** Why a value cannot be stored, whatever its fields hold; null if it can. */
    static @Nullable String unkeepable(Object value) {
        Class<?> type = value.getClass();
        if (value instanceof Collection || value instanceof Map || value instanceof Enum) {
            return null;
        }
        if (type.isHidden()) {
            return "is a lambda";
        }
        if (java.lang.reflect.Proxy.isProxyClass(type)
                || type.getName().contains("$$")
                || type.getName().contains("$HibernateProxy")) {
            return "is a proxy: keep what is behind it, or an id";
        }
        if (type.isAnonymousClass()) {
            return "is of an anonymous class: give the class a name";
        }
        return contains(type) && hasOuterObject(value)
                ? "belongs to an object or a method around it: make the class static"
                : null;
    }

    private static boolean hasOuterObject(Object value) {
        return Arrays.stream(value.getClass().getDeclaredFields())
                .anyMatch(field -> field.isSynthetic() && !Modifier.isStatic(field.getModifiers()));
    }

    private static Contents contents(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        boolean open = true;
        boolean hidden = false;
        for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
            if (contains(at)) {
                for (Field field : at.getDeclaredFields()) {
                    if (!isLeftOut(field)) {
                        open &= field.trySetAccessible();
                        fields.add(field);
                    }
                    hidden |= Modifier.isTransient(field.getModifiers()) && !Modifier.isStatic(field.getModifiers());
                }
            }
        }
        // The JVM guarantees no field order.
        fields.sort(Comparator.comparing(field -> field.getDeclaringClass().getName() + field.getName()));
        return new Contents(List.copyOf(fields), open, hidden, !hidden && !isConverted(type));
    }

    /** Whether an annotation converts or drops a part of some values, such as the seconds of a time. */
    private static boolean isConverted(Class<?> type) {
        for (Class<?> at = type; at != null && contains(at); at = at.getSuperclass()) {
            if (Stream.<Stream<? extends AnnotatedElement>>of(
                            Stream.of(at),
                            Arrays.stream(at.getDeclaredFields()),
                            Arrays.stream(at.getDeclaredMethods()))
                    .flatMap(elements -> elements)
                    .flatMap(element -> Arrays.stream(element.getAnnotations()))
                    .map(Annotation::annotationType)
                    .anyMatch(kind ->
                            CONVERTING.contains(kind) || kind.isAnnotationPresent(JacksonAnnotationsInside.class))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLeftOut(Field field) {
        return field.isSynthetic() || (field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) != 0;
    }

    static @Nullable Object get(Field field, Object owner) {
        try {
            return field.get(owner);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
