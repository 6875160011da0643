package dev.sessionstorage.sample;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Formats times for the pages. */
final class Times {

    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private Times() {}

    static String format(Instant instant) {
        return FORMAT.format(instant);
    }

    /** Formats a duration as people say it: "30 minutes", "14 days". */
    static String about(Duration duration) {
        long minutes = Math.round(duration.toSeconds() / 60.0);
        long hours = Math.round(minutes / 60.0);
        if (minutes < 1) {
            return "less than a minute";
        }
        if (minutes < 120) {
            return minutes == 1 ? "1 minute" : minutes + " minutes";
        }
        return hours < 48 ? hours + " hours" : Math.round(hours / 24.0) + " days";
    }
}
