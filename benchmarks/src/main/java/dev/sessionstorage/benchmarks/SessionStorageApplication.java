package dev.sessionstorage.benchmarks;

import dev.sessionstorage.Session;
import dev.sessionstorage.web.CurrentSession;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A minimal application with this project's starter. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
class SessionStorageApplication {

    @GetMapping("/create")
    String create(@CurrentSession Session session) {
        Attributes.texts(5).forEach(session::set);
        return "created";
    }

    @GetMapping("/read")
    String read(@CurrentSession Session session) {
        return String.valueOf(session.get("attribute0", String.class));
    }

    @GetMapping("/nothing")
    String nothing() {
        return "nothing";
    }

    @GetMapping("/count")
    String count(@CurrentSession Session session) {
        return String.valueOf(session.update("count", Integer.class, n -> n == null ? 1 : n + 1));
    }
}
