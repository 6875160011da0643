package dev.sessionstorage;

import com.fasterxml.jackson.annotation.JsonProperty.Access;
import java.lang.reflect.Field;
import java.util.Set;
import java.util.function.BiPredicate;
import org.springframework.util.StringUtils;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedClassResolver;
import tools.jackson.databind.introspect.AnnotatedField;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedMethod;
import tools.jackson.databind.json.JsonMapper;

/** Finds the fields that an annotation excludes from the JSON, or allows in one direction only. They need not come back. */
final class LeftOut implements BiPredicate<Class<?>, Field> {

    private final SerializationConfig config;
    private final AnnotationIntrospector annotations;

    LeftOut(JsonMapper mapper) {
        this.config = mapper.serializationConfig();
        this.annotations = config.getAnnotationIntrospector();
    }

    @Override
    public boolean test(Class<?> type, Field field) {
        AnnotatedClass annotated = annotated(type);
        String name = field.getName();
        if (annotations
                        .findPropertyIgnoralByName(config, annotated)
                        .getIgnored()
                        .contains(name)
                || Boolean.TRUE.equals(annotations.isIgnorableType(config, annotated(field.getType())))) {
            return true;
        }
        for (AnnotatedField other : annotated.fields()) {
            if (other.getAnnotated().equals(field) && isLeftOut(other)) {
                return true;
            }
        }
        String suffix = StringUtils.capitalize(name);
        Set<String> accessors = Set.of("get" + suffix, "is" + suffix, "set" + suffix, name);
        for (AnnotatedMethod method : annotated.memberMethods()) {
            if (accessors.contains(method.getName()) && isLeftOut(method)) {
                return true;
            }
        }
        return false;
    }

    private AnnotatedClass annotated(Class<?> type) {
        return AnnotatedClassResolver.resolve(config, config.constructType(type), config);
    }

    private boolean isLeftOut(AnnotatedMember member) {
        Access access = annotations.findPropertyAccess(config, member);
        return annotations.hasIgnoreMarker(config, member) || access == Access.READ_ONLY || access == Access.WRITE_ONLY;
    }
}
