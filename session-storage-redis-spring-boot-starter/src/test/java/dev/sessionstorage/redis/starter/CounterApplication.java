package dev.sessionstorage.redis.starter;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.redis.TestRedis;
import dev.sessionstorage.web.CurrentSession;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What an application writes: nothing in it knows Redis. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
class CounterApplication {

    private final SessionStorage storage;

    CounterApplication(SessionStorage storage) {
        this.storage = storage;
    }

    /** A started application on a free port, over the tests' Redis. */
    static ServletWebServerApplicationContext start() {
        return (ServletWebServerApplicationContext) new SpringApplication(CounterApplication.class)
                .run(
                        "--server.port=0",
                        "--spring.main.banner-mode=off",
                        "--logging.level.root=warn",
                        "--spring.data.redis.host=" + TestRedis.host(),
                        "--spring.data.redis.port=" + TestRedis.port(),
                        "--session.cookie.secrets=0123456789abcdef0123456789abcdef");
    }

    @GetMapping("/count")
    String count(@CurrentSession Session session) {
        return String.valueOf(session.get("count"));
    }

    @PostMapping("/count")
    String increment(@CurrentSession Session session) {
        return String.valueOf(session.update("count", Integer.class, n -> n == null ? 1 : n + 1));
    }

    @PostMapping("/login")
    String logIn(@CurrentSession Session session) {
        session.principal("robin");
        session.rotateId();
        return "hello robin";
    }

    @PostMapping("/logout")
    ResponseEntity<String> logOut(@CurrentSession Session session) {
        String expiredCookie = storage.destroySession(session);
        return ResponseEntity.ok().header(HttpHeaders.SET_COOKIE, expiredCookie).body("bye");
    }
}
