package dev.sessionstorage;

import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;
import org.springframework.objenesis.SpringObjenesis;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.SettableBeanProperty;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.deser.std.StdValueInstantiator;
import tools.jackson.databind.introspect.AnnotatedWithParams;
import tools.jackson.databind.module.SimpleValueInstantiators;

/**
 * Creates an application's objects by their no-argument constructor or by an annotated one. Otherwise it calls no constructor,
 * as JDK serialization does, because it could only guess which fields a constructor's parameters set.
 */
final class WithoutConstructor extends SimpleValueInstantiators {

    private static final SpringObjenesis OBJENESIS = new SpringObjenesis();

    @Override
    public ValueInstantiator modifyValueInstantiator(
            DeserializationConfig config, BeanDescription.Supplier description, ValueInstantiator found) {
        Class<?> type = description.getBeanClass();
        boolean isMade = ApplicationClasses.contains(type)
                && !type.isRecord()
                && !Modifier.isAbstract(type.getModifiers())
                && !Throwable.class.isAssignableFrom(type);
        // Another class of instantiator belongs to a module, such as Kotlin's.
        boolean isGuessed = found instanceof StdValueInstantiator
                && found.getClass() == StdValueInstantiator.class
                && !isNamed(config, found.getWithArgsCreator())
                && !isNamed(config, found.getDelegateCreator())
                && !isNamed(config, found.getArrayDelegateCreator());
        return isMade && isGuessed ? new Plain((StdValueInstantiator) found) : found;
    }

    private static boolean isNamed(DeserializationConfig config, @Nullable AnnotatedWithParams creator) {
        if (creator == null) {
            return false;
        }
        AnnotationIntrospector annotations = config.getAnnotationIntrospector();
        boolean named = annotations.findCreatorAnnotation(config, creator) != null;
        for (int i = 0; i < creator.getParameterCount() && !named; i++) {
            named = annotations.findNameForDeserialization(config, creator.getParameter(i)) != null;
        }
        return named;
    }

    private static final class Plain extends StdValueInstantiator {

        Plain(StdValueInstantiator found) {
            super(found);
        }

        @Override
        public boolean canCreateUsingDefault() {
            return true;
        }

        @Override
        public boolean canCreateFromObjectWith() {
            return false;
        }

        @Override
        public SettableBeanProperty @Nullable [] getFromObjectArguments(DeserializationConfig config) {
            return null;
        }

        @Override
        public boolean canCreateUsingDelegate() {
            return false;
        }

        @Override
        public boolean canCreateUsingArrayDelegate() {
            return false;
        }

        @Override
        public Object createUsingDefault(DeserializationContext context) {
            return super.canCreateUsingDefault()
                    ? super.createUsingDefault(context)
                    : OBJENESIS.newInstance(getValueClass());
        }
    }
}
