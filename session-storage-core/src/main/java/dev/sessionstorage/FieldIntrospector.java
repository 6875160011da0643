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
 * Makes Jackson use the fields of an application's classes instead of getters and setters, unless an annotation says otherwise.
 * A getter may be missing, or may compute, convert or load something; a setter may hash its argument.
 */
final class FieldIntrospector extends JacksonAnnotationIntrospector {

    private static final VisibilityChecker FIELDS = new OpenFields(Visibility.NONE);

    /** For subclasses of JDK classes: only getters and setters reach the JDK's part of the state. */
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

    /**
     * Writes an application's number class as an object. Jackson would write a plain number, from which it cannot read the
     * class back.
     */
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

    /**
     * Whether a class is a builder, whose fields may have other names than the properties. Either the builder is annotated, or
     * the class that it builds is.
     */
    private static boolean isBuilder(Class<?> type) {
        return type.isAnnotationPresent(JsonPOJOBuilder.class)
                || Arrays.stream(type.getDeclaredMethods())
                        .map(method -> method.getReturnType().getAnnotation(JsonDeserialize.class))
                        .anyMatch(built -> built != null && built.builder() == type);
    }

    /**
     * Whether a class extends a Spring Security class that has a mix-in. The mix-in describes that class, not the application's
     * subclass.
     */
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
