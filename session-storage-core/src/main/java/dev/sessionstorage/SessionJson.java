package dev.sessionstorage;

import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TreeNode;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.TokenBuffer;

/** Reads and writes a session's attributes as JSON. Each attribute stays text until it is read. */
final class SessionJson {

    /**
     * For values that are JSON already, such as a login. They come back as they are, even if the application's mapper changes
     * numbers.
     */
    private static final JsonMapper BUFFERS = JsonMapper.shared();

    private final JsonMapper mapper;
    private final SessionData.Json json;
    private final InferredType inferred;
    /** Whether this is the default mapper. Any other may treat even texts and numbers differently. */
    private final boolean standard;

    private final ObjectReader exactTree;

    SessionJson(@Nullable JsonMapper mapper) {
        this.standard = mapper == null;
        this.mapper = mapper != null ? mapper : MapperSettings.builder().build();
        this.json = new SessionData.Json(this.mapper, standard);
        this.inferred = new InferredType(this.mapper);
        this.exactTree = this.mapper.reader().with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    }

    /**
     * Splits an object into its attributes. A null attribute, which only other software writes, counts as absent.
     *
     * @return name to JSON text, in order
     * @throws JacksonException if the text is not one JSON object
     */
    Map<String, String> split(String json) {
        Map<String, String> plain = PlainJson.split(json);
        return plain != null ? plain : splitByParser(json);
    }

    private Map<String, String> splitByParser(String json) {
        Map<String, String> attributes = new LinkedHashMap<>();
        try (JsonParser parser = mapper.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new StreamReadException(parser, "A session's JSON must be an object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                int start = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                parser.finishToken();
                if (parser.currentToken() != JsonToken.VALUE_NULL) {
                    attributes.put(name, json.substring(start, (int)
                            parser.currentLocation().getCharOffset()));
                }
            }
            if (parser.nextToken() != null) {
                throw new StreamReadException(parser, "A session's JSON must be one object");
            }
        }
        return attributes;
    }

    /** The reverse of {@link #split}. */
    String join(Map<String, String> attributes) {
        int length = 2;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            length += attribute.getKey().length() + attribute.getValue().length() + 4;
        }
        StringBuilder json = new StringBuilder(length).append('{');
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            json.append(json.length() == 1 ? "" : ",");
            appendQuoted(json, attribute.getKey());
            json.append(':').append(attribute.getValue());
        }
        return json.append('}').toString();
    }

    /**
     * A value's JSON text.
     *
     * @param type the type to read it as, its class if none was given
     * @throws IllegalArgumentException if it would not come back as it is
     */
    String encode(String name, @Nullable Object value, Type type) {
        String plain = plain(name, value);
        if (plain != null) {
            return plain;
        }
        String text = text(name, value, type);
        if (value != null && !isJson(value)) {
            json.check(what(name), value, known(name, value, type), text);
        }
        return text;
    }

    /** A value's JSON text, without the check that it reads back equal. */
    String text(String name, @Nullable Object value, Type type) {
        String plain = plain(name, value);
        if (plain != null) {
            return plain;
        }
        String text = value == null ? "null" : written(name, value, type);
        if (text.equals("null")) {
            throw new IllegalArgumentException("The session attribute '" + name + "' may not be null: use unset");
        }
        checkUnicode(name, text);
        try {
            // Jackson writes more than it can read: a very deep value or a very
            // long number or name would make the session unreadable.
            split(join(Map.of(name, text)));
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "The session attribute '" + name + "' cannot be read again: " + JsonReason.ofWriting(e));
        }
        return text;
    }

    private String written(String name, Object value, Type type) {
        return value instanceof TokenBuffer
                ? BUFFERS.writeValueAsString(value)
                : json.text(what(name), value, known(name, value, type));
    }

    private @Nullable String plain(String name, @Nullable Object value) {
        return standard && name.length() <= PlainJson.MAX_NAME ? PlainJson.write(value) : null;
    }

    /** Infers the type if only a class is known, because a collection's class does not tell its element type. */
    private Type known(String name, Object value, Type type) {
        boolean isUnsaid = type instanceof Class<?>
                && (type == value.getClass() || type == Object.class || InferredType.isContainer(value));
        try {
            return isUnsaid ? inferred.of(value) : type;
        } catch (RuntimeException e) {
            // For example, a lazy collection whose Hibernate session is closed.
            throw new IllegalArgumentException("The " + what(name) + " of " + value.getClass()
                    + " does not give its elements: " + e.getClass().getName());
        }
    }

    private static boolean isJson(Object value) {
        return value instanceof TokenBuffer || value instanceof TreeNode;
    }

    private static String what(String name) {
        return "session attribute '" + name + "'";
    }

    private void appendQuoted(StringBuilder json, String name) {
        if (PlainJson.isPlain(name)) {
            json.append('"').append(name).append('"');
        } else {
            json.append(mapper.writeValueAsString(name));
        }
    }

    /** Refuses half a surrogate pair, which no store could keep. */
    static void checkUnicode(String name, String text) {
        if (!PlainJson.isPlain(text) && !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("The session attribute '" + name + "' has half a surrogate pair");
        }
    }

    /** The text, or the present one if the two differ only in the order of an object's members. */
    String orEqual(@Nullable String present, String text) {
        return present != null
                        && present.length() == text.length()
                        && !PlainJson.hasOneSpelling(text)
                        && exactTree.readTree(present).equals(exactTree.readTree(text))
                ? present
                : text;
    }

    /** An attribute's value as a type. */
    Object decode(String name, String json, Type type) {
        Object plain = standard ? PlainJson.read(json, type) : null;
        try {
            if (plain != null) {
                return plain;
            }
            if (type == TokenBuffer.class) {
                return BUFFERS.readValue(json, TokenBuffer.class);
            }
            return type == Object.class
                    ? natural(json)
                    : mapper.readerFor(mapper.constructType(type)).readValue(json);
        } catch (JacksonException e) {
            // Without the cause: its message shows the value.
            throw new IllegalStateException(
                    "The session attribute '" + name + "' cannot be read as "
                            + type.getTypeName() + ": " + JsonReason.ofReading(e)
                            + ". If another type, or an older version of this one, has stored it, read it as that type, or unset it");
        }
    }

    private Object natural(String text) {
        return natural(exactTree.readTree(text));
    }

    private static Object natural(JsonNode node) {
        if (node.isObject()) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            node.forEachEntry((name, value) -> map.put(name, value.isNull() ? null : natural(value)));
            return map;
        }
        if (node.isArray()) {
            List<@Nullable Object> list = new ArrayList<>(node.size());
            node.forEach(value -> list.add(value.isNull() ? null : natural(value)));
            return list;
        }
        if (node.isIntegralNumber()) {
            return integer(node);
        }
        if (node.isNumber()) {
            return doubleIfExact(node.decimalValue());
        }
        return node.isBoolean() ? node.booleanValue() : node.asString("");
    }

    private static Number integer(JsonNode node) {
        if (node.canConvertToInt()) {
            return node.intValue();
        }
        return node.canConvertToLong() ? (Number) node.longValue() : node.bigIntegerValue();
    }

    private static Number doubleIfExact(BigDecimal number) {
        double value = number.doubleValue();
        return Double.isFinite(value) && BigDecimal.valueOf(value).compareTo(number) == 0 ? (Number) value : number;
    }
}
