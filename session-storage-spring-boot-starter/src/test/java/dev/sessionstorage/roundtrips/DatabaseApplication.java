package dev.sessionstorage.roundtrips;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.web.CurrentSession;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A new application with the starter, and a page for each operation on a session. */
@SpringBootApplication(proxyBeanMethods = false)
class DatabaseApplication {

    @Bean
    MovableClock clock() {
        return new MovableClock();
    }

    /** Disables Spring Security, which is only here for other tests of this module. */
    @Bean
    SecurityFilterChain none(HttpSecurity http) {
        return http.securityMatcher("/no-such-path").build();
    }

    /** A clock with the real time until a test advances it. */
    static final class MovableClock extends Clock {

        private volatile Duration offset = Duration.ZERO;

        void advance(Duration by) {
            offset = offset.plus(by);
        }

        @Override
        public Instant instant() {
            return Clock.systemUTC().instant().plus(offset);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @RestController
    static class Pages {

        private final SessionStorage storage;
        private final MovableClock clock;

        Pages(SessionStorage storage, MovableClock clock) {
            this.storage = storage;
            this.clock = clock;
        }

        /**
         * Advances the clock in a request. The previous request may still be running after its response has arrived, but it has
         * finished when the next one runs.
         */
        @RequestMapping("/advance")
        String advance(@RequestParam Duration by) {
            clock.advance(by);
            return "advanced";
        }

        @RequestMapping("/ignore")
        String ignore(@CurrentSession Session session) {
            return "ignored";
        }

        @RequestMapping("/read")
        String read(@CurrentSession Session session) {
            return String.valueOf(session.get("count"));
        }

        @RequestMapping("/same")
        String setToWhatItIs(@CurrentSession Session session) {
            session.set("theme", "dark");
            return "same";
        }

        @RequestMapping("/count")
        String count(@CurrentSession Session session) {
            session.set("theme", "dark");
            return String.valueOf(increment(session));
        }

        @RequestMapping("/remember")
        ResponseEntity<Void> remember(@CurrentSession Session session) {
            increment(session);
            return ResponseEntity.ok()
                    .header(
                            HttpHeaders.SET_COOKIE,
                            storage.commitSession(session, c -> c.withMaxAge(Duration.ofDays(7))))
                    .build();
        }

        @RequestMapping("/rotate")
        String rotate(@CurrentSession Session session) {
            session.rotateId();
            return "rotated";
        }

        @RequestMapping("/destroy")
        String destroy(@CurrentSession Session session) {
            storage.destroySession(session);
            return "destroyed";
        }
    }

    @RestController
    static class Notes {

        private final EntityManager entities;

        Notes(EntityManager entities) {
            this.entities = entities;
        }

        /** Holds a connection by open session in view while the session is read and committed. */
        @RequestMapping("/notes/read")
        String readThenSession(@CurrentSession Session session) {
            long notes = entities.createQuery("select count(n) from Note n", Long.class)
                    .getSingleResult();
            return notes + " " + increment(session);
        }

        /** Reads the session inside a transaction that has already written. */
        @Transactional
        @RequestMapping("/notes/write")
        public String writeThenSession(@CurrentSession Session session) {
            entities.persist(new Note());
            entities.flush();
            return String.valueOf(increment(session));
        }
    }

    private static int increment(Session session) {
        return session.update("count", Integer.class, n -> n == null ? 1 : n + 1);
    }
}
