package dev.sessionstorage.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** If the database is down, startup fails with a report, not with a stack trace that begins at a filter. */
@ExtendWith(OutputCaptureExtension.class)
@Tag("slow")
class UnreachableStoreTest {

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://localhost:%d/shop, embedded",
        "jdbc:postgresql://localhost:%d/shop, never",
        "jdbc:postgresql://localhost:%d/shop, always",
        "jdbc:mariadb://localhost:%d/shop, embedded",
        "jdbc:mariadb://localhost:%d/shop, never",
        "jdbc:h2:tcp://localhost:%d/shop, embedded",
        "jdbc:h2:tcp://localhost:%d/shop, never"
    })
    void theReportSaysWhatToDo(String url, String schema, CapturedOutput output) throws IOException {
        SpringApplication application = new SpringApplication(Application.class);
        application.setDefaultProperties(Map.of(
                "server.port", "0",
                "spring.datasource.url", url.formatted(closedPort()),
                "spring.datasource.password", "not-to-be-shown",
                "spring.datasource.hikari.connection-timeout", "250",
                "session.jpa.initialize-schema", schema,
                "session.cookie.secrets", "0123456789abcdef0123456789abcdef"));

        assertThatThrownBy(application::run).isNotNull();

        String report = output.toString();
        assertThat(report).contains("APPLICATION FAILED TO START");
        assertThat(report.substring(report.indexOf("APPLICATION FAILED TO START")))
                .contains("The database that keeps the sessions cannot be reached", "spring.datasource.url")
                .contains("session.repository=memory")
                .doesNotContain("sessionStorageFilter", "\tat ");
        assertThat(report).doesNotContain("not-to-be-shown");
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
