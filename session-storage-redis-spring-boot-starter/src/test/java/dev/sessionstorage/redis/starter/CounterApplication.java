package dev.sessionstorage.redis.starter;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.redis.JavaProcess;
import dev.sessionstorage.web.CurrentSession;
import java.io.IOException;
import java.io.OutputStream;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A typical application. None of its code refers to Redis. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
class CounterApplication {

    private final SessionStorage storage;

    CounterApplication(SessionStorage storage) {
        this.storage = storage;
    }

    /** Starts the application on a free port. */
    static ServletWebServerApplicationContext start(String... settings) {
        return (ServletWebServerApplicationContext) new SpringApplicationBuilder(CounterApplication.class)
                .properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "logging.level.root=warn",
                        "session.cookie.secrets=0123456789abcdef0123456789abcdef")
                .run(settings);
    }

    /** Runs the application in a separate process until its standard input ends. */
    public static void main(String[] settings) throws IOException {
        try (ServletWebServerApplicationContext application = start(settings)) {
            System.out.println(
                    JavaProcess.READY + " " + application.getWebServer().getPort());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    @GetMapping("/count")
    String count(@CurrentSession Session session) {
        return session.principal() + " " + session.get("count");
    }

    /** Commits explicitly, because only after the commit the count is the stored one, including concurrent increments. */
    @PostMapping("/count")
    String increment(@CurrentSession Session session) {
        session.update("count", Integer.class, n -> n == null ? 1 : n + 1);
        storage.commitSession(session);
        return count(session);
    }

    /**
     * The usual way, for a user who makes one request at a time: the session is committed automatically, before the response.
     */
    @PostMapping("/visits")
    String visit(@CurrentSession Session session) {
        return session.principal() + " " + session.update("count", Integer.class, n -> n == null ? 1 : n + 1);
    }

    @PostMapping("/login")
    String logIn(@CurrentSession Session session, @RequestParam("user") String user) {
        session.principal(user);
        session.rotateId();
        return "hello " + user;
    }

    @PostMapping("/logout")
    ResponseEntity<String> logOut(@CurrentSession Session session) {
        String expiredCookie = storage.destroySession(session);
        return ResponseEntity.ok().header(HttpHeaders.SET_COOKIE, expiredCookie).body("bye");
    }
}
