package dev.sessionstorage.sample;

import dev.sessionstorage.Session;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A session as its page shows it. */
record SessionFacts(
        boolean isNew,
        @Nullable String principal,
        Instant created,
        @Nullable Instant expires,
        int count) {

    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

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
        return FORMAT.format(created);
    }

    @Nullable
    public String expiresText() {
        return expires == null ? null : FORMAT.format(expires);
    }

    /** Rounded up, so that it never says 0 while the session lives. */
    public long minutesLeft() {
        return expires == null ? 0 : Duration.between(Instant.now(), expires).toMinutes() + 1;
    }
}
