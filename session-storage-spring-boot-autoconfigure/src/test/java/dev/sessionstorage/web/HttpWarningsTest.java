package dev.sessionstorage.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;

/**
 * Warnings about cookies that browsers drop, and about data kept in an {@code HttpSession}. Each appears once per application,
 * so each test starts one.
 */
@ExtendWith(OutputCaptureExtension.class)
class HttpWarningsTest {

    private static final String PLAIN = "plain http";
    private static final String HTTP_SESSION = "An HttpSession was made by";

    @Test
    void aSecureCookieOverPlainHttpIsWarnedAboutOnce(CapturedOutput output) throws Exception {
        try (Server server = new Server()) {
            server.get("/set", "Host: shop.example.com");
            server.get("/set", "Host: shop.example.com");
            server.get("/explicit", "Host: 192.0.2.1:8080");
            assertThat(lines(output, PLAIN)).singleElement().asString().contains("WARN", "session.cookie.secure=false");
            assertThat(output).doesNotContain("shop.example.com");
        }
    }

    @Test
    void soIsOneThatTheHandlerAddsItself(CapturedOutput output) throws Exception {
        try (Server server = new Server("--session.auto-commit=false")) {
            server.get("/explicit", "Host: 192.0.2.1");
            assertThat(lines(output, PLAIN)).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: localhost",
                "Host: LOCALHOST:8080",
                "Host: shop.localhost",
                "Host: 127.0.0.1:8080",
                "Host: 127.8.9.1",
                "Host: [::1]:8080",
                "Host: shop.example.com\r\nX-Forwarded-Proto: https",
                "Host: shop.example.com\r\nX-Forwarded-Proto: HTTPS, http",
                "Host: shop.example.com\r\nForwarded: for=192.0.2.1; Proto=\"https\"",
                "Host: shop.example.com\r\nX-Forwarded-Ssl: on"
            })
    void whatBrowsersKeepIsNot(String headers, CapturedOutput output) throws Exception {
        try (Server server = new Server()) {
            server.get("/set", headers);
            assertThat(lines(output, PLAIN)).isEmpty();
        }
    }

    @Test
    void noCookieNoWarning(CapturedOutput output) throws Exception {
        try (Server server = new Server("--session.cookie.secure=false")) {
            server.get("/set", "Host: shop.example.com");
            server.get("/nothing", "Host: shop.example.com");
            assertThat(lines(output, PLAIN)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/http-session, Pages.httpSession",
        "/wrapped, Pages.wrapped",
        "/parameter, Pages#parameter(HttpSession)",
        "/scoped, HttpWarningsTest"
    })
    void theFirstHttpSessionIsWarnedAboutWithWhoMadeIt(String path, String maker, CapturedOutput output)
            throws Exception {
        try (Server server = new Server()) {
            server.get(path, "Host: localhost");
            server.get("/http-session", "Host: localhost");
            assertThat(lines(output, HTTP_SESSION)).singleElement().asString().contains("WARN", maker);
        }
    }

    @Test
    void anApplicationWithoutOneIsNotWarned(CapturedOutput output) throws Exception {
        try (Server server = new Server()) {
            server.get("/set", "Host: localhost");
            server.get("/no-such-page", "Host: localhost");
            assertThat(lines(output, HTTP_SESSION)).isEmpty();
        }
    }

    @Test
    void whereItIsMeantItIsNotWarnedAbout(CapturedOutput output) throws Exception {
        try (Server server = new Server("--session.auto-commit=false")) {
            server.get("/http-session", "Host: localhost");
            assertThat(lines(output, HTTP_SESSION)).isEmpty();
        }
    }

    @Test
    void noRequestIsAWarningOfItsOwn(CapturedOutput output) throws Exception {
        try (Server server = new Server()) {
            server.get("/nothing", "Host: localhost");
            String before = output.toString();
            for (String cookie : List.of("forged", "a.b", "%0d%0aWARN", "\"\"", "x".repeat(5000))) {
                server.get("/set", "Host: localhost\r\nCookie: __Host-session=" + cookie);
            }
            assertThat(output.toString().substring(before.length())).doesNotContain("WARN", "forged");
        }
    }

    private static List<String> lines(CapturedOutput output, String text) {
        return output.toString().lines().filter(line -> line.contains(text)).toList();
    }

    /** An application on a free port, and a client that can send any Host header. */
    private static final class Server implements AutoCloseable {

        private final ConfigurableApplicationContext context;

        Server(String... arguments) {
            SpringApplication application = new SpringApplication(Application.class);
            application.setDefaultProperties(
                    Map.of("server.port", "0", "session.cookie.secrets", "0123456789abcdef0123456789abcdef"));
            context = application.run(arguments);
        }

        void get(String path, String headers) throws IOException {
            int port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
            try (Socket socket = new Socket("localhost", port)) {
                String request = "GET " + path + " HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                assertThat(answer).startsWith(path.startsWith("/no-such") ? "HTTP/1.1 404" : "HTTP/1.1 200");
            }
        }

        @Override
        public void close() {
            context.close();
        }
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Pages.class, Basket.class})
    static class Application {

        @Bean
        CountingRepository countingRepository() {
            return new CountingRepository();
        }
    }

    @Component
    @Scope(scopeName = WebApplicationContext.SCOPE_SESSION, proxyMode = ScopedProxyMode.TARGET_CLASS)
    static class Basket {

        String content() {
            return "empty";
        }
    }

    @RestController
    static class Pages {

        private final SessionStorage storage;
        private final Basket basket;

        Pages(SessionStorage storage, Basket basket) {
            this.storage = storage;
            this.basket = basket;
        }

        @GetMapping("/nothing")
        String nothing() {
            return "nothing";
        }

        @GetMapping("/set")
        String set(@CurrentSession Session session) {
            session.set("a", 1);
            return "set";
        }

        @GetMapping("/explicit")
        ResponseEntity<String> explicit() {
            Session session = storage.getSession();
            session.set("a", 1);
            return ResponseEntity.ok()
                    .header("Set-Cookie", storage.commitSession(session))
                    .body("set");
        }

        @GetMapping("/http-session")
        String httpSession(HttpServletRequest request) {
            return String.valueOf(request.getSession().isNew());
        }

        @GetMapping("/wrapped")
        String wrapped(HttpServletRequest request) {
            return String.valueOf(
                    new HttpServletRequestWrapper(request).getSession().isNew());
        }

        @GetMapping("/parameter")
        String parameter(HttpSession session) {
            return String.valueOf(session.isNew());
        }

        @GetMapping("/scoped")
        String scoped() {
            return basket.content();
        }
    }
}
