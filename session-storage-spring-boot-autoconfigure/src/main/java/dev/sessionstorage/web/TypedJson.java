package dev.sessionstorage.web;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.TokenBuffer;

/**
 * Objects whose type nobody can tell when they are read again: stored with the name of their class, if that is allowed. They
 * are JSON before the session gets them, so that the application's own mapper has no say in it.
 */
final class TypedJson {

    private static final Log LOG = LogFactory.getLog(TypedJson.class);

    private final JsonMapper mapper = JsonMapper.builder().findAndAddModules().build();
    private final ObjectReader exactTree = mapper.reader().with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private final AllowedTypes types;

    /** An object as it is stored. Unlike a tree, a buffer keeps numbers as they are written. */
    record Value(String type, TokenBuffer json) {}

    TypedJson(AllowedTypes types) {
        this.types = types;
    }

    Value write(String what, Object object) {
        String type = storedType(object).getName();
        if (!types.allows(type)) {
            throw new IllegalArgumentException("The " + what + " is a " + type
                    + ", which may not be made from a session's JSON: add the class or its package to"
                    + " session.allowed-types, or keep an id instead");
        }
        try {
            String text = text(object);
            String again = text(mapper.readValue(text, storedType(object)));
            if (exactTree.readTree(text).equals(exactTree.readTree(again)) && isNatural(object)) {
                return new Value(type, mapper.readValue(text, TokenBuffer.class));
            }
        } catch (JacksonException e) {
            // Its message shows the value.
            throw new IllegalArgumentException(
                    "The " + what + " of " + object.getClass() + " cannot be written as JSON and read again: "
                            + e.getClass().getName());
        }
        throw new IllegalArgumentException(
                "The " + what + " of " + object.getClass() + " would be read as something else:"
                        + " a collection may only hold String, Integer, Double and Boolean, so put it into a class of its own");
    }

    /** The classes of a collection's elements are not stored. */
    private static boolean isNatural(Object object) {
        Stream<?> elements = Stream.empty();
        if (object instanceof Map<?, ?> map) {
            elements =
                    Stream.concat(map.values().stream(), map.keySet().stream().filter(key -> !(key instanceof String)));
        } else if (object instanceof Collection<?> collection) {
            elements = collection.stream();
        }
        return elements.allMatch(element -> element == null
                || element instanceof String
                || element instanceof Boolean
                || element instanceof Integer
                || element instanceof Double
                || ((element instanceof Map || element instanceof List) && isNatural(element)));
    }

    /** The object again; null, with a warning, if its class has changed or is not allowed any more. */
    @Nullable
    Object read(String what, Value value) {
        if (!types.allows(value.type())) {
            LOG.warn("The " + what + " was a " + value.type() + ", which is not allowed any more: it is left out");
            return null;
        }
        try {
            return known(value.json(), ClassUtils.forName(value.type(), ClassUtils.getDefaultClassLoader()));
        } catch (RuntimeException | ClassNotFoundException | LinkageError e) {
            LOG.warn("The " + what + " cannot be read as " + value.type() + " any more: it is left out. "
                    + e.getClass().getName());
            return null;
        }
    }

    /** An object whose type is known when it is read again. */
    TokenBuffer buffer(Object known) {
        return mapper.readValue(text(known), TokenBuffer.class);
    }

    /** The reverse of {@link #buffer}. */
    <T> T known(TokenBuffer buffer, Class<T> type) {
        return mapper.readValue(buffer.asParser(), type);
    }

    String text(Object object) {
        return mapper.writeValueAsString(object);
    }

    /** The collections that an application makes come in too many classes to name them all. */
    private static Class<?> storedType(Object object) {
        if (object instanceof Map) {
            return LinkedHashMap.class;
        }
        if (object instanceof Set) {
            return LinkedHashSet.class;
        }
        if (object instanceof Collection) {
            return ArrayList.class;
        }
        return object instanceof Enum<?> constant ? constant.getDeclaringClass() : object.getClass();
    }
}
