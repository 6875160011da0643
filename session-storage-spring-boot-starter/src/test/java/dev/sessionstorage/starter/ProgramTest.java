package dev.sessionstorage.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.SessionStorage;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A program with the starter that is not a web application, in a separate JVM. */
class ProgramTest {

    private static final long PATIENCE_SECONDS = 300;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Program {

        @Bean
        CommandLineRunner work(SessionStorage storage) {
            return arguments -> {
                var session = storage.getSession();
                session.set("worked", true);
                storage.commitSession(session);
            };
        }

        public static void main(String[] arguments) {
            new SpringApplicationBuilder(Program.class)
                    .web(WebApplicationType.NONE)
                    .run(arguments);
        }
    }

    @Test
    void aProgramEndsByItself() throws Exception {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(program.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(program.exitValue()).isZero();
        } finally {
            program.destroyForcibly();
        }
    }
}
