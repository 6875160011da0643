package dev.sessionstorage.web;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.sessionstorage.SessionData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.validation.BindingResult;
import tools.jackson.databind.DatabindContext;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.jsontype.PolymorphicTypeValidator;
import tools.jackson.databind.util.TokenBuffer;

/**
 * Writes objects of unknown type as JSON together with their class names, if these are allowed. The session gets ready JSON, so
 * the application's own mapper does not affect it.
 */
final class TypedJson {

    private static final Log LOG = LogFactory.getLog(TypedJson.class);

    private final JsonMapper plain = SessionData.Json.mapper().build();
    private final JsonMapper typed;
    private final SessionData.Json json;
    private final AllowedTypes types;

    /** A map with keys other than strings: as JSON property names they would lose their class. */
    record Entries(boolean sorted, List<@Nullable Object> keys, List<@Nullable Object> values) {}

    /** An Optional, which Jackson would write as its bare content. */
    record Maybe(@Nullable Object value) {}

    TypedJson(AllowedTypes types) {
        this.types = types;
        PolymorphicTypeValidator allowed = BasicPolymorphicTypeValidator.builder()
                .allowIfSubType(new BasicPolymorphicTypeValidator.TypeMatcher() {
                    @Override
                    public boolean match(DatabindContext context, Class<?> type) {
                        return allows(type);
                    }
                })
                .build();
        this.typed = SessionData.Json.mapper()
                .setDefaultTyping(
                        types.names(allowed, DefaultTyping.OBJECT_AND_NON_CONCRETE, JsonTypeInfo.As.WRAPPER_ARRAY))
                .build();
        this.json = new SessionData.Json(typed);
    }

    /** Encodes an object for storage. Unlike a tree, a buffer keeps numbers exactly as written. */
    TokenBuffer write(String what, Object object) {
        try {
            return plain.readValue(json.write(what, kept(object), Object.class), TokenBuffer.class);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    e.getMessage()
                            + ". Add a class of yours, or its package, to session.allowed-types, or keep an id or a text instead");
        }
    }

    /** Decodes an object; null, with a warning, if a class has changed or is no longer allowed. */
    @Nullable
    Object read(String what, TokenBuffer stored) {
        try {
            return given(typed.readValue(stored.asParser(), Object.class));
        } catch (RuntimeException | LinkageError e) {
            // The exception's message would show the value.
            LOG.warn("The " + what
                    + " can no longer be read, or belongs to a class that is no longer allowed: it is left out. "
                    + e.getClass().getName());
            return null;
        }
    }

    private Object kept(Object object) {
        if (object instanceof BindingResult result) {
            return BoundErrors.of(result, this::allows);
        }
        if (object instanceof Optional<?> optional) {
            return new Maybe(optional.orElse(null));
        }
        boolean isEntries = object instanceof Map<?, ?> map
                && !map.keySet().stream().allMatch(String.class::isInstance)
                && !(map instanceof SortedMap<?, ?> sorted && sorted.comparator() != null);
        return isEntries
                ? new Entries(
                        object instanceof SortedMap,
                        new ArrayList<>(((Map<?, ?>) object).keySet()),
                        new ArrayList<>(((Map<?, ?>) object).values()))
                : object;
    }

    private static Object given(Object kept) {
        if (kept instanceof BoundErrors errors) {
            return errors.result();
        }
        if (kept instanceof Maybe maybe) {
            return Optional.ofNullable(maybe.value());
        }
        if (kept instanceof Entries entries) {
            Map<@Nullable Object, @Nullable Object> map = entries.sorted() ? new TreeMap<>() : new LinkedHashMap<>();
            for (int i = 0; i < entries.keys().size(); i++) {
                map.put(entries.keys().get(i), entries.values().get(i));
            }
            return map;
        }
        return kept;
    }

    /** Encodes an object whose type the reader knows. */
    TokenBuffer buffer(Object known) {
        return plain.readValue(text(known), TokenBuffer.class);
    }

    /** The reverse of {@link #buffer}. */
    <T> T known(TokenBuffer buffer, Class<T> type) {
        return plain.readValue(buffer.asParser(), type);
    }

    String text(Object object) {
        return plain.writeValueAsString(object);
    }

    private boolean allows(Class<?> type) {
        return type == BoundErrors.class
                || type.getEnclosingClass() == BoundErrors.class
                || type == Entries.class
                || type == Maybe.class
                || types.allows(type);
    }
}
