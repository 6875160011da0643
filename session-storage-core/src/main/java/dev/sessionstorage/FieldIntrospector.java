package dev.sessionstorage;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonPOJOBuilder;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedField;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.introspect.VisibilityChecker;

/**
 * Takes the fields of an application's classes for their properties, where no annotation says otherwise: a getter may
 * be missing, may compute, convert or load something, and a setter may hash what it is given.
 */
final class FieldIntrospector extends JacksonAnnotationIntrospector {

    private static final VisibilityChecker FIELDS = new OpenFields(Visibility.NONE);

    /** Where the JDK holds a part of the state, getters and setters are the only way to it. */
    private static final VisibilityChecker FIELDS_AND_METHODS = new OpenFields(Visibility.PUBLIC_ONLY);

    private static final class OpenFields extends VisibilityChecker {

        OpenFields(Visibility methods) {
            super(Visibility.ANY, methods, methods, methods, Visibility.PUBLIC_ONLY, Visibility.NON_PRIVATE);
        }

        @Override
        public boolean isFieldVisible(AnnotatedField field) {
            return ApplicationClasses.contains(field.getDeclaringClass());
        }
    }

    @Override
    public VisibilityChecker findAutoDetectVisibility(
            MapperConfig<?> config, AnnotatedClass type, VisibilityChecker checker) {
        Class<?> raw = type.getRawType();
        if (config.findMixInClassFor(raw) != null) {
            return super.findAutoDetectVisibility(config, type, checker);
        }
        VisibilityChecker annotated = super.findAutoDetectVisibility(config, type, checker);
        if ((!annotated.equals(checker) && !isBelowSpringsMixIn(config, raw)) || !isPlain(raw)) {
            return annotated;
        }
        return ApplicationClasses.extendsJdk(raw) ? FIELDS_AND_METHODS : FIELDS;
    }

    @Override
    public @Nullable Object findDeserializer(MapperConfig<?> config, Annotated annotated) {
        boolean inherited = annotated instanceof AnnotatedClass type && isBelowSpringsMixIn(config, type.getRawType());
        return inherited ? null : super.findDeserializer(config, annotated);
    }

    @Override
    public JsonIgnoreProperties.Value findPropertyIgnoralByName(MapperConfig<?> config, Annotated annotated) {
        boolean inherited = annotated instanceof AnnotatedClass type && isBelowSpringsMixIn(config, type.getRawType());
        return inherited ? JsonIgnoreProperties.Value.empty() : super.findPropertyIgnoralByName(config, annotated);
    }

    /** A number of an application's class is written as a plain one, which its class is not read from. */
    @Override
    public JsonFormat.@Nullable Value findFormat(MapperConfig<?> config, Annotated annotated) {
        JsonFormat.Value format = super.findFormat(config, annotated);
        boolean isOwnNumber = annotated instanceof AnnotatedClass type
                && Number.class.isAssignableFrom(type.getRawType())
                && ApplicationClasses.contains(type.getRawType());
        return format == null && isOwnNumber ? JsonFormat.Value.forShape(JsonFormat.Shape.OBJECT) : format;
    }

    private static boolean isPlain(Class<?> type) {
        return ApplicationClasses.contains(type)
                && !type.isEnum()
                && !Collection.class.isAssignableFrom(type)
                && !Map.class.isAssignableFrom(type)
                && !isBuilder(type);
    }

    /** A builder's fields may have other names than what it builds, which names it. */
    private static boolean isBuilder(Class<?> type) {
        return type.isAnnotationPresent(JsonPOJOBuilder.class)
                || Arrays.stream(type.getDeclaredMethods())
                        .map(method -> method.getReturnType().getAnnotation(JsonDeserialize.class))
                        .anyMatch(built -> built != null && built.builder() == type);
    }

    /** What Spring Security's mix-ins say of a class of its own makes that class, not one that extends it. */
    private static boolean isBelowSpringsMixIn(MapperConfig<?> config, Class<?> type) {
        if (config.findMixInClassFor(type) != null || isSpringSecuritys(type)) {
            return false;
        }
        for (Class<?> above = type.getSuperclass(); above != null; above = above.getSuperclass()) {
            if (isSpringSecuritys(above) && config.findMixInClassFor(above) != null) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSpringSecuritys(Class<?> type) {
        return type.getName().startsWith("org.springframework.security.");
    }
}
