package dev.sessionstorage.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.TestDatabases;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** The postgres profile, with its settings from the environment. */
class PostgresqlTest {

    private static final Map<String, String> SIGN_UP =
            Map.of("displayName", "Robin", "username", "robin", "password", Browser.PASSWORD);

    private final DatabaseSettings database = TestDatabases.postgresql();

    @Test
    void keepsAccountsAndSessionsOverARestart() {
        String secret = UUID.randomUUID().toString();
        Browser before;
        try (ConfigurableApplicationContext shop = start(secret)) {
            before = new Browser(port(shop));
            before.post("/signup", SIGN_UP);
            before.post("/basket/ink/plus", Map.of());
            before.postJson("/api/counter", "");
        }
        try (ConfigurableApplicationContext shop = start(secret)) {
            Browser after = new Browser(port(shop));
            after.cookies.putAll(before.cookies);
            assertThat(after.getJson("/api/me").body()).isEqualTo("{\"username\":\"robin\",\"count\":1}");
            assertThat(after.get("/basket").body()).contains("Bottled ink", "€18.00");
            assertThat(after.post("/signup", SIGN_UP).body()).contains("This username is taken");
        }
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void saysWhatToDoWithoutASecret(CapturedOutput output) {
        assertThatThrownBy(() -> start("").close()).isInstanceOf(RuntimeException.class);
        assertThat(output).contains("APPLICATION FAILED TO START", "session.cookie.secrets");
    }

    private ConfigurableApplicationContext start(String secret) {
        return SpringApplication.run(
                SampleApplication.class,
                "--spring.profiles.active=postgres",
                "--server.port=0",
                "--SAMPLE_DB_URL=" + database.url(),
                "--SAMPLE_DB_USER=" + database.username(),
                "--SAMPLE_DB_PASSWORD=" + database.password(),
                secret.isEmpty() ? "--no-secret" : "--SESSION_SECRET=" + secret);
    }

    private static int port(ConfigurableApplicationContext shop) {
        return Integer.parseInt(shop.getEnvironment().getRequiredProperty("local.server.port"));
    }
}
