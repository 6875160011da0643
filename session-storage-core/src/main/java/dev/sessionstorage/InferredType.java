package dev.sessionstorage;

import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.introspect.AnnotatedClassResolver;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.TypeFactory;

/**
 * Infers a value's type when the application gives none. A list's class does not tell its element type, and without that
 * Jackson would not write which subtype of a {@code @JsonTypeInfo} interface each element is.
 */
final class InferredType {

    private static final List<Class<?>> KINDS = List.of(List.class, SortedSet.class, Set.class);

    /** A deeper value, such as a list that contains itself, gets no type. */
    private static final int DEEPEST = 100;

    private final TypeFactory types;
    private final SerializationConfig config;

    InferredType(JsonMapper mapper) {
        this.types = mapper.getTypeFactory();
        this.config = mapper.serializationConfig();
    }

    static boolean isContainer(Object value) {
        return value instanceof Collection || value instanceof Map || value instanceof Optional;
    }

    JavaType of(Object value) {
        return ofAll(List.of(value), 0);
    }

    /** The common type of these values. Without one it is Object: then only JSON's natural types come back equal. */
    private JavaType ofAll(Collection<?> values, int depth) {
        if (values.isEmpty() || depth > DEEPEST) {
            return types.constructType(Object.class);
        }
        Class<?> first = readable(values.iterator().next());
        if (all(values, value -> readable(value) == first)
                && !isPlainContainer(values.iterator().next())) {
            return types.constructType(first);
        }
        if (all(values, Map.class::isInstance)) {
            return types.constructParametricType(
                    all(values, SortedMap.class::isInstance) ? SortedMap.class : Map.class,
                    ofAll(parts(values, value -> ((Map<?, ?>) value).keySet()), depth + 1),
                    ofAll(parts(values, value -> ((Map<?, ?>) value).values()), depth + 1));
        }
        if (all(values, Collection.class::isInstance)) {
            Class<?> kind = KINDS.stream()
                    .filter(type -> all(values, type::isInstance))
                    .findFirst()
                    .orElse(Collection.class);
            return types.constructParametricType(kind, ofAll(parts(values, value -> (Collection<?>) value), depth + 1));
        }
        if (all(values, Optional.class::isInstance)) {
            return types.constructParametricType(
                    Optional.class,
                    ofAll(parts(values, value -> ((Optional<?>) value).stream().toList()), depth + 1));
        }
        Class<?> common = above(first).stream()
                .filter(type -> all(values, type::isInstance) && isPolymorphic(type))
                .findFirst()
                .orElse(Object.class);
        return types.constructType(common);
    }

    /** Whether a container comes back as a plain one. A library's collection, such as Hibernate's, does too. */
    private static boolean isPlainContainer(Object value) {
        return isContainer(value)
                && !(ApplicationClasses.contains(value.getClass())
                        && ApplicationClasses.hasMoreThanElements(value.getClass()));
    }

    private static boolean all(Collection<?> values, Predicate<Object> condition) {
        for (Object value : values) {
            if (!condition.test(value)) {
                return false;
            }
        }
        return true;
    }

    private interface Parts {
        Collection<? extends @Nullable Object> of(Object value);
    }

    private static List<Object> parts(Collection<?> values, Parts parts) {
        List<Object> all = new ArrayList<>();
        for (Object value : values) {
            for (Object part : parts.of(value)) {
                if (part != null) {
                    all.add(part);
                }
            }
        }
        return all;
    }

    /** The public class to read a value as: the JDK's own implementations, such as those of Path and ZoneId, are not public. */
    private static Class<?> readable(Object value) {
        if (value instanceof Enum<?> constant) {
            return constant.getDeclaringClass();
        }
        if (value instanceof InetAddress) {
            return InetAddress.class;
        }
        Class<?> type = value.getClass();
        if (ApplicationClasses.contains(type) || type.isArray() || isPublic(type)) {
            return type;
        }
        Class<?> extended = type.getSuperclass();
        while (extended != null && extended != Object.class && !isPublic(extended)) {
            extended = extended.getSuperclass();
        }
        return extended != null && extended != Object.class
                ? extended
                : above(type).stream()
                        .filter(InferredType::isPublic)
                        .findFirst()
                        .orElse(type);
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers()) && type.getModule().isExported(type.getPackageName());
    }

    /** A class, its superclasses and interfaces, nearest first, without Object. */
    private static Set<Class<?>> above(Class<?> type) {
        Set<Class<?>> found = new LinkedHashSet<>();
        for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
            found.add(at);
            for (Class<?> implemented : at.getInterfaces()) {
                found.add(implemented);
                found.addAll(above(implemented));
            }
        }
        return found;
    }

    private boolean isPolymorphic(Class<?> type) {
        return config.getAnnotationIntrospector()
                        .findPolymorphicTypeInfo(
                                config, AnnotatedClassResolver.resolve(config, config.constructType(type), config))
                != null;
    }
}
