package dev.sessionstorage.sample;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A session as its page shows it. */
record SessionFacts(
        boolean isNew,
        String id,
        @Nullable String principal,
        Instant created,
        @Nullable Instant expires,
        int count) {

    static SessionFacts of(Session session) {
        Integer count = session.get("count", Integer.class);
        return new SessionFacts(
                session.isNew(),
                id(session),
                session.principal(),
                session.createdAt(),
                session.expires(),
                count == null ? 0 : count);
    }

    /** Returns the start of the id's hash, which is safe to show; the log shows it too. */
    static String id(Session session) {
        return SessionId.hash(session.id()).substring(0, 8);
    }

    public String createdText() {
        return Times.format(created);
    }

    @Nullable
    public String expiresText() {
        return expires == null ? null : Times.format(expires);
    }

    @Nullable
    public String timeLeft() {
        return expires == null ? null : Times.about(Duration.between(Instant.now(), expires));
    }
}
