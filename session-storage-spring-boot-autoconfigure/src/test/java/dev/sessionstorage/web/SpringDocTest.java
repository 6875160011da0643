package dev.sessionstorage.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.Session;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The API document lists what a client sends, but no session. */
@SpringBootTest(
        classes = SpringDocTest.Application.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"session.cookie.secrets=0123456789abcdef0123456789abcdef", "springdoc.api-docs.enabled=true"})
class SpringDocTest {

    private final Browser browser;

    SpringDocTest(@LocalServerPort int port) {
        browser = new Browser(port, "");
    }

    @Test
    void parametersFromTheSessionAreLeftOut() throws Exception {
        JsonNode document =
                JsonMapper.shared().readTree(browser.get("/v3/api-docs").body());
        for (String path : new String[] {"/annotated", "/plain", "/request-session", "/attribute"}) {
            JsonNode parameters = document.path("paths").path(path).path("get").path("parameters");
            assertThat(parameters.size()).as(path).isEqualTo(1);
            assertThat(parameters.path(0).path("name").stringValue("")).isEqualTo("sent");
        }
        assertThat(document.path("components").path("schemas").size()).isZero();
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Pages.class)
    static class Application {}

    @RestController
    static class Pages {

        @GetMapping("/annotated")
        String annotated(@CurrentSession Session session, @RequestParam String sent) {
            return sent;
        }

        @GetMapping("/plain")
        String plain(Session session, @RequestParam String sent) {
            return sent;
        }

        @GetMapping("/request-session")
        String requestSession(RequestSession session, @RequestParam String sent) {
            return sent;
        }

        @GetMapping("/attribute")
        String attribute(@CurrentSession("userId") @Nullable UUID userId, @RequestParam String sent) {
            return sent;
        }
    }
}
