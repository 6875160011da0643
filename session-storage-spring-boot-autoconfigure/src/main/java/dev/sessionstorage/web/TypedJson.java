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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Objects whose type nobody can tell when they are read again: stored with the name of their class, if that is allowed. They
 * are JSON before the session gets them, so that the application's own mapper has no say in it.
 */
final class TypedJson {

    private static final Log LOG = LogFactory.getLog(TypedJson.class);

    private static final String TYPE = "type";
    private static final String JSON = "json";

    private final JsonMapper mapper = JsonMapper.builder()
            .findAndAddModules()
            .enable(JsonNodeFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private final AllowedTypes types;

    TypedJson(AllowedTypes types) {
        this.types = types;
    }

    JsonNode write(String what, Object object) {
        String type = storedType(object).getName();
        if (!types.allows(type)) {
            throw new IllegalArgumentException("The " + what + " is a " + type
                    + ", which may not be made from a session's JSON: add the class or its package to"
                    + " session.allowed-types, or keep an id instead");
        }
        try {
            JsonNode json = asStored(object);
            if (json.equals(asStored(mapper.treeToValue(json, storedType(object)))) && isNatural(object)) {
                return mapper.createObjectNode().put(TYPE, type).set(JSON, json);
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

    private JsonNode asStored(Object object) {
        return mapper.readTree(mapper.writeValueAsString(object));
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
    Object read(String what, JsonNode value) {
        String name = value.path(TYPE).asString("");
        if (!types.allows(name)) {
            LOG.warn("The " + what + " was a " + name + ", which is not allowed any more: it is left out");
            return null;
        }
        try {
            Class<?> type = ClassUtils.forName(name, ClassUtils.getDefaultClassLoader());
            return mapper.treeToValue(value.path(JSON), type);
        } catch (RuntimeException | ClassNotFoundException | LinkageError e) {
            LOG.warn("The " + what + " cannot be read as " + name + " any more: it is left out. "
                    + e.getClass().getName());
            return null;
        }
    }

    /** What surrounds such objects, of a type that the caller knows. */
    JsonNode tree(Object known) {
        return mapper.valueToTree(known);
    }

    /** The reverse of {@link #tree}. */
    <T> T known(JsonNode tree, Class<T> type) {
        return mapper.treeToValue(tree, type);
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
