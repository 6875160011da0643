package dev.sessionstorage.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.resource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.FileSystemGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;
import org.springframework.test.context.support.TestPropertySourceUtils;

/** The inputs of a native image: an application processed ahead of time, and what is only known at run time. */
class NativeImageTest {

    @TempDir
    private static Path generated;

    private static RuntimeHints hints = new RuntimeHints();

    @BeforeAll
    static void processAheadOfTime() {
        AnnotationConfigServletWebServerApplicationContext context =
                new AnnotationConfigServletWebServerApplicationContext();
        context.register(Application.class);
        TestPropertySourceUtils.addInlinedPropertiesToEnvironment(
                context, "session.cookie.secrets=0123456789abcdef0123456789abcdef");
        DefaultGenerationContext generation = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get(Application.class)), new FileSystemGeneratedFiles(generated));
        new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        generation.writeGeneratedContent();
        hints = generation.getRuntimeHints();
    }

    /** Compiling proves that the generated code can access the package-private methods that it calls. */
    @Test
    void theGeneratedCodeCompiles(@TempDir Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (Stream<Path> files = Files.walk(generated)) {
            List<String> sources = files.map(Path::toString)
                    .filter(name -> name.endsWith(".java"))
                    .toList();
            assertThat(sources).anyMatch(name -> name.contains("SessionAutoConfiguration__BeanDefinitions"));
            String[] options = {
                "-proc:none", "-nowarn", "-d", classes.toString(), "-cp", System.getProperty("java.class.path")
            };
            String[] arguments =
                    Stream.concat(Stream.of(options), sources.stream()).toArray(String[]::new);
            assertThat(compiler.run(null, null, null, arguments)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev/sessionstorage/jpa/schema-h2.sql",
                "dev/sessionstorage/jpa/schema-postgresql.sql",
                "dev/sessionstorage/jpa/schema-mariadb.sql",
                "dev/sessionstorage/jpa/schema-mysql.sql",
                "dev/sessionstorage/redis/update.lua",
                "dev/sessionstorage/redis/index.lua",
                "db/session-storage/flyway/postgresql/R__session_data.sql"
            })
    void scriptsArePartOfIt(String name) {
        assertThat(getClass().getClassLoader().getResource(name)).as(name).isNotNull();
        assertThat(resource().forResource(name)).accepts(hints);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev.sessionstorage.jpa.SessionRecord",
                "dev.sessionstorage.web.BoundErrors",
                "dev.sessionstorage.web.BoundErrors$Argument",
                "dev.sessionstorage.web.BoundErrors$Problem",
                "dev.sessionstorage.web.SessionFlashMaps$Stored",
                "dev.sessionstorage.web.TypedJson$Entries",
                "dev.sessionstorage.web.TypedJson$Maybe",
                "org.springframework.security.web.jackson.WebServletJacksonModule",
                "org.springframework.security.jackson.CoreJacksonModule"
            })
    void whatIsMadeByItsNameIsPartOfIt(String name) {
        assertThat(reflection()
                        .onType(TypeReference.of(name))
                        .withMemberCategories(
                                MemberCategory.INVOKE_DECLARED_CONSTRUCTORS, MemberCategory.ACCESS_DECLARED_FIELDS))
                .accepts(hints);
    }

    @ParameterizedTest
    @ValueSource(classes = {SessionProperties.class, SessionProperties.Cookie.class, SessionProperties.Jpa.class})
    void thePropertiesCanBeBound(Class<?> properties) {
        assertThat(reflection().onType(properties)).accepts(hints);
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
