package dev.sessionstorage.web;

import dev.sessionstorage.Session;
import dev.sessionstorage.autoconfigure.elsewhere.Note;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The controllers of {@link TestApplication} over a real database, with entities of the application's own. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EntityScan(basePackageClasses = Note.class)
@Import({TestApplication.Pages.class, DatabaseApplication.Notes.class})
class DatabaseApplication {

    @Bean
    MovableClock clock() {
        return new MovableClock();
    }

    /** The real time, until it is moved. */
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
    static class Notes {

        private final EntityManager entities;
        private final MovableClock clock;

        Notes(EntityManager entities, MovableClock clock) {
            this.entities = entities;
            this.clock = clock;
        }

        /** Over HTTP, because a request may still be at work when its client has the answer, but not when it is next in line. */
        @RequestMapping("/advance")
        String advance(@RequestParam Duration by) {
            clock.advance(by);
            return "advanced";
        }

        /** Holds a connection through open-session-in-view when the session comes to be read and committed. */
        @RequestMapping("/notes/read")
        String readThenSession(@CurrentSession Session session) {
            long notes = entities.createQuery("select count(n) from Note n", Long.class)
                    .getSingleResult();
            return notes + " " + session.update("count", Integer.class, n -> n == null ? 1 : n + 1);
        }

        /** Reads the session inside a transaction that has written already. */
        @Transactional
        @RequestMapping("/notes/write")
        public String writeThenSession(@CurrentSession Session session) {
            entities.persist(new Note());
            entities.flush();
            return String.valueOf(session.update("count", Integer.class, n -> n == null ? 1 : n + 1));
        }
    }
}
