package dev.sessionstorage.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.type.classreading.CachingMetadataReaderFactory;
import org.springframework.core.type.classreading.MetadataReaderFactory;

/**
 * Registers what static analysis misses for a native image: scripts, the entity, and the classes that Jackson creates by name.
 */
final class SessionRuntimeHints implements RuntimeHintsRegistrar {

    private static final MemberCategory[] ALL = {
        MemberCategory.INVOKE_DECLARED_CONSTRUCTORS,
        MemberCategory.INVOKE_DECLARED_METHODS,
        MemberCategory.ACCESS_DECLARED_FIELDS
    };

    /** By name, because each exists only with its module, and some are package-private. */
    private static final List<String> TYPES = List.of(
            "dev.sessionstorage.jpa.SessionRecord",
            "dev.sessionstorage.security.SecurityJson$ByFields",
            "dev.sessionstorage.web.BoundErrors",
            "dev.sessionstorage.web.BoundErrors$Argument",
            "dev.sessionstorage.web.BoundErrors$Problem",
            "dev.sessionstorage.web.SessionFlashMaps$Stored",
            "dev.sessionstorage.web.TypedJson$Entries",
            "dev.sessionstorage.web.TypedJson$Maybe",
            "org.springframework.security.authentication.AbstractAuthenticationToken",
            "org.springframework.security.authentication.UsernamePasswordAuthenticationToken",
            "org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken");

    /** Modules, mix-ins and deserializers, which Jackson creates. */
    private static final String SECURITY_JSON = "classpath*:org/springframework/security/**/jackson/*.class";

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
        hints.resources()
                .registerPattern("dev/sessionstorage/jpa/*.sql")
                .registerPattern("dev/sessionstorage/redis/*.lua")
                .registerPattern("db/session-storage/**");
        TYPES.forEach(type -> hints.reflection().registerTypeIfPresent(loader, type, ALL));
        PathMatchingResourcePatternResolver resolver = new PathMatchingResourcePatternResolver(loader);
        MetadataReaderFactory metadata = new CachingMetadataReaderFactory(resolver);
        try {
            for (Resource type : resolver.getResources(SECURITY_JSON)) {
                String name =
                        metadata.getMetadataReader(type).getClassMetadata().getClassName();
                if (!name.endsWith(".package-info")) {
                    hints.reflection().registerType(TypeReference.of(name), ALL);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
