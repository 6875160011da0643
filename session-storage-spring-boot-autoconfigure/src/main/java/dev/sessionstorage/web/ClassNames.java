package dev.sessionstorage.web;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Collection;
import java.util.function.BiFunction;
import tools.jackson.databind.DatabindContext;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.jsontype.PolymorphicTypeValidator;
import tools.jackson.databind.jsontype.TypeIdResolver;
import tools.jackson.databind.jsontype.impl.ClassNameIdResolver;
import tools.jackson.databind.jsontype.impl.DefaultTypeResolverBuilder;

/** Writes an object's class name into its JSON, or that of a substitute if the class itself could not be read back. */
final class ClassNames extends DefaultTypeResolverBuilder {

    private final transient BiFunction<Object, Class<?>, Class<?>> storedAs;

    ClassNames(
            PolymorphicTypeValidator allowed,
            DefaultTyping typing,
            JsonTypeInfo.As as,
            BiFunction<Object, Class<?>, Class<?>> storedAs) {
        super(allowed, typing, as);
        this.storedAs = storedAs;
    }

    /** Ignores the default implementation of a declared interface: the stored name always decides. */
    @Override
    public ClassNames withDefaultImpl(Class<?> defaultImpl) {
        return this;
    }

    @Override
    protected TypeIdResolver idResolver(
            DatabindContext context,
            JavaType base,
            PolymorphicTypeValidator validator,
            Collection<NamedType> subtypes,
            boolean forWriting,
            boolean forReading) {
        return new ClassNameIdResolver(base, subtypes, validator) {
            @Override
            protected String _idFrom(DatabindContext at, Object value, Class<?> type) {
                Class<?> stored = storedAs.apply(value, type);
                return super._idFrom(at, value, base.getRawClass().isAssignableFrom(stored) ? stored : type);
            }
        };
    }
}
