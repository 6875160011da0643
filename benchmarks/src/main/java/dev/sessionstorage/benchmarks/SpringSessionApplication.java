package dev.sessionstorage.benchmarks;

import jakarta.servlet.http.HttpSession;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A minimal application with Spring Session. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
class SpringSessionApplication {

    @GetMapping("/create")
    String create(HttpSession session) {
        Attributes.texts(5).forEach(session::setAttribute);
        return "created";
    }

    @GetMapping("/read")
    String read(HttpSession session) {
        return String.valueOf(session.getAttribute("attribute0"));
    }

    @GetMapping("/count")
    String count(HttpSession session) {
        int count = session.getAttribute("count") instanceof Integer present ? present + 1 : 1;
        session.setAttribute("count", count);
        return String.valueOf(count);
    }
}
