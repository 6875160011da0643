package dev.sessionstorage;

import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A storage on top of a recorded in-memory repository, and the browser's part. */
final class Scene {

    static final String SECRET = "the-first-secret-of-the-tests-0123456789";
    static final SessionCookie COOKIE = SessionCookie.named("session").withSecrets(SECRET);

    final TestClock clock = new TestClock();
    final SessionDataRepository store;
    final RecordingRepository repository;
    final List<SessionEvent> events = new CopyOnWriteArrayList<>();
    final SessionStorage storage;

    Scene() {
        this(settings -> {});
    }

    Scene(Consumer<SessionStorage.Builder> settings) {
        this(clock -> new InMemorySessionDataRepository(clock, 10_000), settings);
    }

    Scene(Function<Clock, SessionDataRepository> store, Consumer<SessionStorage.Builder> settings) {
        this.store = store.apply(clock);
        this.repository = new RecordingRepository(this.store);
        this.storage = storage(settings);
    }

    /** Another storage on the same repository, as on another node. */
    SessionStorage storage(Consumer<SessionStorage.Builder> settings) {
        SessionStorage.Builder builder = SessionStorage.builder()
                .cookie(COOKIE)
                .repository(repository)
                .clock(clock)
                .onEvent(events::add);
        settings.accept(builder);
        return builder.build();
    }

    /**
     * Commits a new session, forgets the calls and events of that, and returns the Cookie header that the browser then sends.
     */
    String stored(Consumer<Session> content) {
        Session session = storage.getSession();
        content.accept(session);
        String cookie = sent(storage.commitSession(session));
        repository.forget();
        events.clear();
        return cookie;
    }

    /** Makes one request, which gets the session, works with it and commits it. Returns the next request's Cookie header. */
    String request(String cookie, Consumer<Session> work) {
        Session session = storage.getSession(cookie);
        work.accept(session);
        return sent(storage.commitSession(session));
    }

    /** The attribute as the next request sees it. */
    @Nullable
    Object seen(String cookie, String name) {
        return storage.getSession(cookie).get(name);
    }

    /** The stored record of a session. */
    SessionData record(Session session) {
        return Objects.requireNonNull(store.readData(session.id()));
    }

    /** The Cookie header that a browser sends after a Set-Cookie header. */
    static String sent(String setCookie) {
        return setCookie.substring(0, setCookie.indexOf(';'));
    }
}
