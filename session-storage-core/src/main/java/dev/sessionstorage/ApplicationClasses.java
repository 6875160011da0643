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

/** What classes hold that are neither the JDK's nor Jackson's: the application's, and its libraries'. */
final class ApplicationClasses {

    /** Held by the class itself, so that nothing keeps it from being unloaded. */
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
     * The fields that make a value.
     *
     * @param open whether each of them can be looked at
     * @param hidden whether there are transient ones besides, which equals may look at
     * @param steady whether one value of a class says that another one comes back, too
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

    /** Neither static nor transient fields, of the class and those above it. */
    static Contents of(Class<?> type) {
        return CONTENTS.get(type);
    }

    /** Whether a class above this one is the JDK's and holds something, in closed fields. */
    static boolean extendsJdk(Class<?> type) {
        Class<?> above = jdkClassAbove(type);
        return above != null && !STATELESS.contains(above);
    }

    /** Whether a collection has fields besides its elements: the fields of one that is none of the JDK's hold those. */
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

    /** What of a class cannot be kept, whatever its fields are; null if nothing. */
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
        // The JVM promises no order.
        fields.sort(Comparator.comparing(field -> field.getDeclaringClass().getName() + field.getName()));
        return new Contents(List.copyOf(fields), open, hidden, !hidden && !isConverted(type));
    }

    /** Whether an annotation changes or leaves out a part of some values, such as the seconds of a time. */
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
