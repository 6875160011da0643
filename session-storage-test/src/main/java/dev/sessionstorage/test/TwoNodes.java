package dev.sessionstorage.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionConflictException;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionGoneException;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.Sessions;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Two nodes that use one session of one repository. The second node intervenes between the first one's read and its write. */
final class TwoNodes implements AutoCloseable {

    static final Duration IDLE_TIMEOUT = Duration.ofMinutes(30);

    private static final SessionCookie COOKIE =
            SessionCookie.named("session").withSecrets("a secret for tests, and for nothing else");

    final String principal = "robin-" + UUID.randomUUID();
    final String cookie;
    private final MutableClock clock;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final PausingRepository pausing;
    private final SessionStorage first;
    private final SessionStorage second;
    private final SessionDataRepository repository;
    private final String id;
    /** The cookie after a rotation by the second node. */
    String rotated = "";

    /** The result of the first node's commit: an exception or a cookie. */
    record Outcome(@Nullable Throwable thrown, @Nullable String cookie) {

        String assertDone() {
            assertThat(thrown).isNull();
            return String.valueOf(cookie);
        }

        /** Expects a conflict if the repository knows that the session has moved; otherwise it is just gone. */
        void assertMoved(boolean known) {
            assertThat(thrown).isInstanceOf(known ? SessionConflictException.class : SessionGoneException.class);
        }

        void assertGone() {
            assertThat(thrown).isInstanceOf(SessionGoneException.class);
        }

        void assertConflict() {
            assertThat(thrown).isInstanceOf(SessionConflictException.class);
        }
    }

    TwoNodes(SessionDataRepository repository, MutableClock clock) {
        this.clock = clock;
        this.repository = repository;
        pausing = new PausingRepository(repository);
        first = storage(pausing);
        second = storage(repository);
        Session session = second.getSession();
        session.set("a", 1);
        session.set("b", 1);
        session.flash("message", "hello");
        session.principal(principal);
        cookie = second.commitSession(session);
        id = session.id();
    }

    boolean isKnownToHaveMoved() {
        return repository.isMoved(id);
    }

    /** Lists and ends the sessions of a principal on the second node. */
    Sessions sessions() {
        return second.sessions();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** Lets the first node read and change the session, runs an action, and then lets the first node write. */
    Outcome commit(Consumer<Session> change, Runnable between) {
        Session session = first.getSession(cookie);
        assertThat(session.isNew()).isFalse();
        change.accept(session);
        return afterPause(() -> first.commitSession(session), between);
    }

    /** Like {@link #commit}, but the first node only reads, when the expiry is due to slide. */
    Outcome slowRead(Runnable between) {
        clock.advance(IDLE_TIMEOUT.dividedBy(2));
        return commit(session -> session.get("a"), between);
    }

    /** Runs an action just before the first node destroys the session. */
    Outcome destroying(Runnable between) {
        Session session = first.getSession(cookie);
        return afterPause(() -> first.destroySession(session), between);
    }

    private Outcome afterPause(Callable<String> write, Runnable between) {
        PausingRepository.Pause pause = pausing.pauseNextWrite();
        Future<String> writing = thread.submit(write);
        pause.awaitReached();
        between.run();
        pause.release();
        try {
            return new Outcome(null, writing.get());
        } catch (ExecutionException e) {
            return new Outcome(e.getCause(), null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    void change(Consumer<Session> change) {
        Session session = second.getSession(cookie);
        change.accept(session);
        second.commitSession(session);
    }

    void destroy() {
        second.destroySession(second.getSession(cookie));
    }

    void rotate() {
        Session session = second.getSession(cookie);
        session.rotateId();
        rotated = second.commitSession(session);
    }

    /** Advances the clock exactly to the expiry, when an extension already under way would still have kept the session. */
    void expire() {
        clock.advance(Duration.between(clock.instant(), stored().expires()));
    }

    Session stored() {
        return stored(cookie);
    }

    Session stored(String liveCookie) {
        Session session = second.getSession(liveCookie);
        assertThat(session.isNew()).isFalse();
        return session;
    }

    void assertDead() {
        assertThat(second.getSession(cookie).isNew()).isTrue();
        assertThat(first.getSession(cookie).isNew()).isTrue();
    }

    static Consumer<Session> increment(String name) {
        return session -> session.update(name, Integer.class, n -> n == null ? 1 : n + 1);
    }

    private SessionStorage storage(SessionDataRepository store) {
        return SessionStorage.builder()
                .cookie(COOKIE)
                .repository(store)
                .idleTimeout(IDLE_TIMEOUT)
                .clock(clock)
                .build();
    }
}
