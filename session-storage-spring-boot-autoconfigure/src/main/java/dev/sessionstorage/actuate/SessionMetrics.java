package dev.sessionstorage.actuate;

import dev.sessionstorage.SessionEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Counts every {@link SessionEvent} as {@code session.events}, with the tag {@code event}: its name in lower case. */
public final class SessionMetrics {

    private final Map<SessionEvent, Counter> counters = new EnumMap<>(SessionEvent.class);

    /**
     * Registers a counter for each event.
     *
     * @param registry the registry of the counters
     */
    public SessionMetrics(MeterRegistry registry) {
        for (SessionEvent event : SessionEvent.values()) {
            counters.put(
                    event,
                    Counter.builder("session.events")
                            .description("Number of sessions created, updated, destroyed, refused and so on")
                            .tag("event", event.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    /**
     * Counts an event.
     *
     * @param event the event to count
     */
    public void count(SessionEvent event) {
        Counter counter = counters.get(event);
        if (counter != null) {
            counter.increment();
        }
    }
}
