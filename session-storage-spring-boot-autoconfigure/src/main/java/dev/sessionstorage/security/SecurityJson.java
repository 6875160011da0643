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
 * Spring Security's objects as JSON, by its own Jackson modules. Only classes that those modules name, and those of
 * {@link AllowedTypes}, are ever made from it; never by JDK serialization.
 */
public final class SecurityJson {

    private static final Log LOG = LogFactory.getLog(SecurityJson.class);

    /** Spring Security has a module for passkeys, but does not list it with the others. */
    private static final String PASSKEYS = "org.springframework.security.web.webauthn.jackson.WebauthnJacksonModule";

    /** Spring Security reads their principals and details as trees, in which a number or an object loses its class. */
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
     * A mapper for what a session keeps of Spring Security.
     *
     * @param types the application's classes that may be part of an authentication, such as its own {@code UserDetails}
     * @param modules the application's own modules, with mix-ins and types of their own
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
                // Spring Security turns it on, and an offset would be lost.
                mapper.disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS);
                mapper.setDefaultTyping(
                        types.names(validator.build(), DefaultTyping.NON_FINAL, JsonTypeInfo.As.PROPERTY));
                BY_FIELDS.forEach(token -> context.setMixIn(token, ByFields.class));
            }
        });
        this.mapper = SessionData.Json.mapper()
                .addModules(all)
                // A map with a key "@class", as a provider's claims may have it, would name the class to make.
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .build();
        this.json = new SessionData.Json(mapper);
    }

    /**
     * An object's JSON, after making sure that it comes back as it is: a user must not lose the login, or a part of it, at the next
     * request.
     */
    TokenBuffer write(Object object) {
        try {
            String text = json.write("login", object, Object.class);
            mapper.readTree(text);
            // Unlike a tree, it keeps numbers as they are written.
            return JsonMapper.shared().readValue(text, TokenBuffer.class);
        } catch (RuntimeException e) {
            // No message but our own: others show values.
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

    /** The object again; null, with a warning, for a type that is unknown or not allowed, and for anything but the wanted. */
    <T> @Nullable T read(TokenBuffer json, Class<T> wanted) {
        try {
            Object object = mapper.readValue(json.asParser(), Object.class);
            if (wanted.isInstance(object)) {
                return wanted.cast(object);
            }
            LOG.warn("A session keeps something else than a " + wanted.getName() + ": it is left out");
        } catch (RuntimeException | LinkageError e) {
            // Spring Security's own deserializers throw anything. Not the cause itself: its message shows the value.
            LOG.warn("A session's " + wanted.getName() + " cannot be read: it is left out. "
                    + e.getClass().getName());
        }
        return null;
    }
}
