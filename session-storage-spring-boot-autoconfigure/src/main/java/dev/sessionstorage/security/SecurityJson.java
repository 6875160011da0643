package dev.sessionstorage.security;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.web.AllowedTypes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.jackson.SecurityJacksonModule;
import org.springframework.security.jackson.SecurityJacksonModules;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.DatabindContext;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.util.TokenBuffer;

/**
 * Writes Spring Security's objects as JSON with its own Jackson modules. Only classes that those modules name, and those of
 * {@link AllowedTypes}, are ever created from it. JDK serialization is never used.
 */
public final class SecurityJson {

    private static final Log LOG = LogFactory.getLog(SecurityJson.class);

    /** Spring Security's module for passkeys, which {@link SecurityJacksonModules} does not list. */
    private static final String PASSKEYS = "org.springframework.security.web.webauthn.jackson.WebauthnJacksonModule";

    /**
     * Spring Security reads the principals and details of these tokens as trees, which lose the classes of numbers and objects.
     */
    private static final List<Class<?>> BY_FIELDS =
            List.of(UsernamePasswordAuthenticationToken.class, PreAuthenticatedAuthenticationToken.class);

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    @JsonAutoDetect(
            fieldVisibility = JsonAutoDetect.Visibility.ANY,
            getterVisibility = JsonAutoDetect.Visibility.NONE,
            isGetterVisibility = JsonAutoDetect.Visibility.NONE,
            setterVisibility = JsonAutoDetect.Visibility.NONE)
    private abstract static class ByFields {

        @JsonCreator
        @SuppressWarnings("unused")
        ByFields(
                @JsonProperty("principal") @Nullable Object principal,
                @JsonProperty("credentials") @Nullable Object credentials,
                @JsonProperty("authorities") Collection<?> authorities) {}
    }

    private final JsonMapper mapper;
    private final SessionData.Json json;

    /**
     * Creates a mapper for the objects of Spring Security that a session holds.
     *
     * @param types the application's classes that may be part of an authentication, such as its own {@code UserDetails}
     * @param modules the application's own modules, with their mix-ins and types
     */
    public SecurityJson(AllowedTypes types, List<SecurityJacksonModule> modules) {
        BasicPolymorphicTypeValidator.Builder validator = BasicPolymorphicTypeValidator.builder()
                .allowIfSubType(new BasicPolymorphicTypeValidator.TypeMatcher() {
                    @Override
                    public boolean match(DatabindContext context, Class<?> type) {
                        return types.allows(type);
                    }
                });
        ClassLoader loader =
                Objects.requireNonNullElse(ClassUtils.getDefaultClassLoader(), SecurityJson.class.getClassLoader());
        List<SecurityJacksonModule> more = new ArrayList<>(modules);
        if (ClassUtils.isPresent(PASSKEYS, loader)) {
            more.add((SecurityJacksonModule) BeanUtils.instantiateClass(ClassUtils.resolveClassName(PASSKEYS, loader)));
        }
        more.forEach(module -> module.configurePolymorphicTypeValidator(validator));
        List<JacksonModule> all = new ArrayList<>(SecurityJacksonModules.getModules(loader, validator));
        all.addAll(more);
        all.add(new SimpleModule("session-storage-security") {
            @Override
            public void setupModule(SetupContext context) {
                MapperBuilder<?, ?> mapper = (MapperBuilder<?, ?>) context.getOwner();
                // Spring Security enables timestamps, which lose the offset.
                mapper.disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS);
                mapper.setDefaultTyping(
                        types.names(validator.build(), DefaultTyping.NON_FINAL, JsonTypeInfo.As.PROPERTY));
                BY_FIELDS.forEach(token -> context.setMixIn(token, ByFields.class));
            }
        });
        this.mapper = SessionData.Json.mapper()
                .addModules(all)
                // Otherwise a map's key "@class", which an identity provider's
                // claims may contain, would choose the class to create.
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .build();
        this.json = new SessionData.Json(mapper);
    }

    /**
     * Encodes an object and verifies that it reads back equal: otherwise the user would lose the login, or part of it, at the
     * next request.
     */
    TokenBuffer write(Object object) {
        try {
            String text = json.write("login", object, Object.class);
            // Throws if a key is repeated, such as "@class": neither the check above nor the buffer would notice.
            mapper.readTree(text);
            // Unlike a tree, a buffer keeps numbers exactly as written.
            return JsonMapper.shared().readValue(text, TokenBuffer.class);
        } catch (RuntimeException e) {
            // Only our own messages are safe: others show values.
            String reason = e instanceof IllegalArgumentException && e.getCause() == null
                    ? e.getMessage()
                    : "It failed with " + e.getClass().getName();
            throw new IllegalStateException(
                    "A " + object.getClass().getName() + " cannot be kept in the session as JSON. " + reason
                            + ". Add a class of yours that is not allowed to session.allowed-types; for one that cannot be"
                            + " written or read, declare a SecurityJacksonModule bean with a mix-in, or log in with a plain"
                            + " principal that holds an id");
        }
    }

    /** Decodes an object; null, with a warning, if its type is unknown, not allowed, or not the wanted one. */
    <T> @Nullable T read(TokenBuffer json, Class<T> wanted) {
        try {
            Object object = mapper.readValue(json.asParser(), Object.class);
            if (wanted.isInstance(object)) {
                return wanted.cast(object);
            }
            LOG.warn("A session contains something other than a " + wanted.getName() + ": it is left out");
        } catch (RuntimeException | LinkageError e) {
            // Spring Security's deserializers throw all kinds of exceptions. The
            // cause is not logged: its message shows the value.
            LOG.warn("A session's " + wanted.getName() + " cannot be read: it is left out. "
                    + e.getClass().getName());
        }
        return null;
    }
}
