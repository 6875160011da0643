package dev.sessionstorage.test;

import dev.sessionstorage.SessionConflictException;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionEvent;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.SessionUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

/**
 * The storages over one repository. Two act as a cluster of two nodes, because the commits of a single storage queue up. A
 * third has a clock that is ahead by more than a tenth of the idle timeout, so each of its reads has an extension due.
 */
final class HistoryNodes {

    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(30);
    private static final Duration AHEAD = Duration.ofMinutes(10);
    private static final int MAX_SIZE = 1_000_000;

    private final SessionDataRepository repository;
    private final List<SessionStorage> nodes;
    private final SessionStorage later;
    private final Map<SessionEvent, LongAdder> events = new ConcurrentHashMap<>();

    HistoryNodes(SessionDataRepository repository, UnaryOperator<SessionStorage.Builder> settings) {
        this.repository = repository;
        this.nodes = List.of(storage(settings, Clock.systemUTC()), storage(settings, Clock.systemUTC()));
        this.later = storage(settings, Clock.offset(Clock.systemUTC(), AHEAD));
    }

    SessionDataRepository repository() {
        return repository;
    }

    int count() {
        return nodes.size();
    }

    SessionStorage node(int number) {
        return nodes.get(number);
    }

    SessionStorage later() {
        return later;
    }

    void destroyQuietly(HistoryCookie cookie) {
        try {
            SessionStorage storage = node(0);
            storage.destroySession(storage.getSession(cookie.header()));
        } catch (SessionUnavailableException | SessionConflictException e) {
            // The session will expire, or it has another id by now.
        }
    }

    Map<SessionEvent, Long> events() {
        Map<SessionEvent, Long> counts = new EnumMap<>(SessionEvent.class);
        events.forEach((event, count) -> counts.put(event, count.sum()));
        return counts;
    }

    private SessionStorage storage(UnaryOperator<SessionStorage.Builder> settings, Clock clock) {
        SessionCookie cookie = SessionCookie.named("__Host-Http-session")
                .withSecrets("a secret of the history check, for no other use");
        SessionStorage.Builder builder = SessionStorage.builder()
                .cookie(cookie)
                .repository(repository)
                .idleTimeout(IDLE_TIMEOUT)
                .maxSize(MAX_SIZE)
                .clock(clock)
                .onEvent(event ->
                        events.computeIfAbsent(event, first -> new LongAdder()).increment());
        return settings.apply(builder).build();
    }
}
