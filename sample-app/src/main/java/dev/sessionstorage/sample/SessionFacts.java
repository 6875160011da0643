package dev.sessionstorage.sample;

import dev.sessionstorage.Session;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A session as its page shows it. */
record SessionFacts(
        boolean isNew,
        @Nullable String principal,
        Instant created,
        @Nullable Instant expires,
        int count) {

    static SessionFacts of(Session session) {
        Integer count = session.get("count", Integer.class);
        return new SessionFacts(
                session.isNew(),
                session.principal(),
                session.createdAt(),
                session.expires(),
                count == null ? 0 : count);
    }

    public String createdText() {
        return Times.format(created);
    }

    @Nullable
    public String expiresText() {
        return expires == null ? null : Times.format(expires);
    }

    /** Rounded up, so that it never says 0 while the session lives. */
    public long minutesLeft() {
        return expires == null ? 0 : Duration.between(Instant.now(), expires).toMinutes() + 1;
    }
}
