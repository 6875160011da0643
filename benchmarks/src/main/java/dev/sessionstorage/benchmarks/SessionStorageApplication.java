package dev.sessionstorage.benchmarks;

import dev.sessionstorage.Session;
import dev.sessionstorage.web.CurrentSession;
import java.security.GeneralSecurityException;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** A minimal application with this project's starter. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
class SessionStorageApplication {

    private final ObjectProvider<RawJdbcContender> rows;
    private final ObjectProvider<HandWrittenContender> byHand;

    SessionStorageApplication(ObjectProvider<RawJdbcContender> rows, ObjectProvider<HandWrittenContender> byHand) {
        this.rows = rows;
        this.byHand = byHand;
    }

    @Bean
    @Lazy
    static RawJdbcContender rows(DataSource dataSource) {
        return new RawJdbcContender(dataSource, Attributes.texts(5));
    }

    @Bean
    @Lazy
    static HandWrittenContender byHand(RawJdbcContender rows) throws GeneralSecurityException {
        return new HandWrittenContender(rows, Attributes.texts(5));
    }

    @GetMapping("/create")
    String create(@CurrentSession Session session) {
        Attributes.texts(5).forEach(session::set);
        return "created";
    }

    @GetMapping("/read")
    String read(@CurrentSession Session session) {
        return String.valueOf(session.get("attribute0", String.class));
    }

    /** The upper bound: reads a row by its id, which is the whole cookie. */
    @GetMapping("/row")
    String row(@RequestHeader(HttpHeaders.COOKIE) String id) {
        rows.getObject().read(id);
        return "read";
    }

    /** The upper bound: also changes the row by a compare-and-set. */
    @GetMapping("/change-row")
    String changeRow(@RequestHeader(HttpHeaders.COOKIE) String id) {
        rows.getObject().change(id, System.nanoTime());
        return "changed";
    }

    /** The upper bound for sessions: reads a hand-written one. */
    @GetMapping("/by-hand")
    String byHand(@RequestHeader(HttpHeaders.COOKIE) String cookie) {
        byHand.getObject().read(cookie);
        return "read";
    }

    /** The upper bound for sessions: also changes an attribute. */
    @GetMapping("/change-by-hand")
    String changeByHand(@RequestHeader(HttpHeaders.COOKIE) String cookie) {
        byHand.getObject().change(cookie, System.nanoTime());
        return "changed";
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
