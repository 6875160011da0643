package dev.sessionstorage.web;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.jsontype.PolymorphicTypeValidator;
import tools.jackson.databind.jsontype.TypeResolverBuilder;

/**
 * The allow list of classes that a session's JSON may name, besides JSON's natural types. Instantiating any class that JSON
 * names is a known way to attack an application.
 */
public final class AllowedTypes {

    private static final Set<String> VALUES = Set.of(
            "java.lang.Boolean",
            "java.lang.Byte",
            "java.lang.Character",
            "java.lang.Double",
            "java.lang.Float",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Short",
            "java.lang.String",
            "java.math.BigDecimal",
            "java.math.BigInteger",
            "java.net.URI",
            "java.net.URL",
            "java.sql.Date",
            "java.sql.Time",
            "java.sql.Timestamp",
            "java.util.ArrayDeque",
            "java.util.ArrayList",
            "java.util.Arrays$ArrayList",
            "java.util.BitSet",
            "java.util.Currency",
            "java.util.Date",
            "java.util.EnumMap",
            "java.util.EnumSet",
            "java.util.GregorianCalendar",
            "java.util.HashMap",
            "java.util.HashSet",
            "java.util.LinkedHashMap",
            "java.util.LinkedHashSet",
            "java.util.LinkedList",
            "java.util.Locale",
            "java.util.Optional",
            "java.util.OptionalDouble",
            "java.util.OptionalInt",
            "java.util.OptionalLong",
            "java.util.TimeZone",
            "java.util.TreeMap",
            "java.util.TreeSet",
            "java.util.UUID");

    /** A qualified name: at least two segments. */
    private static final Pattern NAME = Pattern.compile("[\\w$]+(\\.[\\w$]+)+");

    private static final Set<String> COLLECTIONS = Set.of("java.util", "java.util.concurrent");

    /** Views that Jackson cannot read back. */
    private static final Pattern UNREADABLE = Pattern.compile(
            "java\\.util\\.Collections\\$(Checked.*|CopiesList|SetFromMap|AsLIFOQueue|(Unmodifiable|Synchronized)(Collection|Navigable.*|Sequenced.*))");

    private static final List<String> PLATFORM = List.of("java.", "javax.", "jakarta.", "jdk.", "sun.", "com.sun.");

    private final List<String> names;

    /**
     * Allows the JDK's plain values and collections, and the given classes and packages.
     *
     * @param names classes, or packages with everything below them
     * @throws IllegalArgumentException if one is not a qualified name, or is too broad to be a limit ("com", "java.util")
     */
    public AllowedTypes(Collection<String> names) {
        for (String name : names) {
            if (!NAME.matcher(name).matches() || PLATFORM.stream().anyMatch((name + ".")::startsWith)) {
                throw new IllegalArgumentException(
                        "'" + name + "' is too broad for an allow list: name a class, or a package of your own");
            }
        }
        this.names = List.copyOf(names);
    }

    /**
     * Whether a class may be created from a session's JSON. Arrays of allowed classes and the JDK's collections are allowed
     * too.
     *
     * @param type the class
     * @return false if not
     */
    public boolean allows(Class<?> type) {
        if (type.isArray()) {
            Class<?> component = type.getComponentType();
            return component == Object.class || component.isPrimitive() || allows(component);
        }
        return allows(type.getName()) || isPlainCollection(type);
    }

    private static boolean isPlainCollection(Class<?> type) {
        return COLLECTIONS.contains(type.getPackageName())
                && (Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type))
                && Modifier.isPublic(type.getModifiers())
                && !Modifier.isAbstract(type.getModifiers())
                && ClassUtils.hasConstructor(type);
    }

    /**
     * Tells Jackson how to write class names. A collection that could not be read back, such as one of Hibernate's, is stored
     * under the name of a standard list, set or map.
     *
     * @param allowed the classes that may be created
     * @param typing for which types a name is written
     * @param as where in the JSON it is written
     * @return the default typing to give a mapper
     */
    public TypeResolverBuilder<?> names(PolymorphicTypeValidator allowed, DefaultTyping typing, JsonTypeInfo.As as) {
        return new ClassNames(allowed, typing, as, this::storedAs);
    }

    private Class<?> storedAs(Object value, Class<?> type) {
        if (value instanceof EnumSet
                || value instanceof EnumMap
                || (allows(type) && !UNREADABLE.matcher(type.getName()).matches())) {
            return type;
        }
        if (value instanceof Map) {
            return value instanceof SortedMap ? TreeMap.class : LinkedHashMap.class;
        }
        if (value instanceof Set) {
            return value instanceof SortedSet ? TreeSet.class : LinkedHashSet.class;
        }
        return value instanceof Collection ? ArrayList.class : type;
    }

    /**
     * Whether a class may be created from a session's JSON.
     *
     * @param className the class's binary name
     * @return false if not
     */
    public boolean allows(String className) {
        return VALUES.contains(className)
                || className.startsWith("java.util.Collections$")
                || className.startsWith("java.util.ImmutableCollections$")
                || isPlainTime(className)
                || names.stream()
                        .anyMatch(name -> className.equals(name)
                                || className.startsWith(name + ".")
                                || className.startsWith(name + "$"));
    }

    private static boolean isPlainTime(String className) {
        return className.startsWith("java.time.") && className.lastIndexOf('.') == "java.time".length();
    }
}
