package dev.sessionstorage.web;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The classes that a session may name in its JSON, besides JSON's natural types, and that are then made from it: an allow
 * list, since a class that does something when it is made is a way into the application.
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
            "java.util.TreeMap",
            "java.util.TreeSet",
            "java.util.UUID");

    /** At least two segments. */
    private static final Pattern NAME = Pattern.compile("[\\w$]+(\\.[\\w$]+)+");

    private static final List<String> PLATFORM = List.of("java.", "javax.", "jakarta.", "jdk.", "sun.", "com.sun.");

    private final List<String> names;

    /**
     * Allows the JDK's plain values and collections, and the given ones.
     *
     * @param names classes, or packages with all that is below them
     * @throws IllegalArgumentException if one is no name, or so broad that it is no limit ("com", "java.util")
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
     * Whether a class may be made from a session's JSON.
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
