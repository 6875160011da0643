package dev.sessionstorage.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.ExpiredSessionRepository;
import dev.sessionstorage.PrincipalSessionRepository;
import dev.sessionstorage.Session;
import dev.sessionstorage.SessionConflictException;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionGoneException;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.Sessions;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What two requests of one session on two nodes may do to each other over a repository: the first has read the session and is
 * about to write when the second comes in between, with a latch and not by luck. Extend it and supply the repository.
 */
@Timeout(60)
public abstract class InterleavingContract {

    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(30);
    private static final SessionCookie COOKIE =
            SessionCookie.named("session").withSecrets("a secret for tests, and for nothing else");

    private final MutableClock clock = new MutableClock();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private SessionDataRepository repository;
    private PausingRepository pausing;
    private SessionStorage first;
    private SessionStorage second;
    private String cookie;
    /** The cookie after the second node has rotated the session. */
    private String rotated = "";

    /** What the first node's commit threw, or else the cookie it gave. */
    private record Outcome(
            @Nullable Throwable thrown, @Nullable String cookie) {}

    /** For subclasses. */
    protected InterleavingContract() {}

    /**
     * The repository to test. Called once before each test.
     *
     * @param clock decides what has expired; it stands still unless a test advances it
     * @return a repository that may be called from many threads
     */
    protected abstract SessionDataRepository repository(Clock clock);

    @BeforeEach
    void startTwoNodesWithOneSession() {
        repository = repository(clock);
        pausing = new PausingRepository(repository);
        first = storage(pausing);
        second = storage(repository);
        Session session = second.getSession();
        session.set("a", 1);
        session.set("b", 1);
        session.flash("message", "hello");
        session.principal("robin");
        cookie = second.commitSession(session);
    }

    @AfterEach
    void stopTheFirstNode() {
        thread.shutdownNow();
    }

    @Test
    void destroyBeforeTheWriteOfACommit() {
        assertGone(commit(increment("a"), this::destroy));
        assertDead(cookie);
    }

    @Test
    void rotationBeforeTheWriteOfACommit() {
        assertGone(commit(increment("a"), this::rotate));
        assertDead(cookie);
        assertThat(stored(rotated).get("a")).isEqualTo(1);
    }

    @Test
    void commitBeforeTheWriteOfARotation() {
        String newCookie = assertDone(commit(Session::rotateId, () -> change(increment("a"))));
        assertDead(cookie);
        assertThat(stored(newCookie).get("a")).isEqualTo(2);
        assertThat(stored(newCookie).principal()).isEqualTo("robin");
    }

    @Test
    void rotationBeforeTheWriteOfARotation() {
        assertGone(commit(Session::rotateId, this::rotate));
        assertDead(cookie);
        assertThat(stored(rotated).get("a")).isEqualTo(1);
    }

    @Test
    void destroyBeforeTheWriteOfARotation() {
        assertGone(commit(Session::rotateId, this::destroy));
        assertDead(cookie);
    }

    @Test
    void destroyBeforeTheWriteOfADestroy() {
        Session session = first.getSession(cookie);
        assertDone(afterPause(() -> first.destroySession(session), this::destroy));
        assertDead(cookie);
    }

    @Test
    void commitBeforeTheWriteOfADestroy() {
        Session session = first.getSession(cookie);
        assertDone(afterPause(() -> first.destroySession(session), () -> change(increment("a"))));
        assertDead(cookie);
    }

    @Test
    void expiryBeforeTheWriteOfACommit() {
        assertGone(commit(increment("a"), this::expire));
        assertDead(cookie);
    }

    @Test
    void expiryBeforeTheWriteOfARotation() {
        assertGone(commit(Session::rotateId, this::expire));
        assertDead(cookie);
    }

    @Test
    void cleanupBeforeTheWriteOfACommit() {
        assertGone(commit(increment("a"), this::expireAndCleanUp));
        assertDead(cookie);
    }

    @Test
    void cleanupOfOthersBeforeTheWriteOfACommit() {
        clock.advance(IDLE_TIMEOUT.minusMillis(1));
        assertDone(commit(increment("a"), this::cleanUp));
        assertThat(stored().get("a")).isEqualTo(2);
    }

    @Test
    void bothConsumeAFlashValue() {
        Consumer<Session> consume =
                session -> assertThat(session.get("message")).isEqualTo("hello");
        assertConflict(commit(consume, () -> change(consume)));
        assertThat(stored().has("message")).isFalse();
    }

    @Test
    void bothUpdateOneAttribute() {
        assertDone(commit(increment("a"), () -> change(increment("a"))));
        assertThat(stored().get("a")).isEqualTo(3);
    }

    @Test
    void bothSetDifferentAttributes() {
        assertDone(commit(session -> session.set("a", 7), () -> change(session -> session.set("c", 8))));
        assertThat(stored().data()).isEqualTo(Map.of("a", 7, "b", 1, "c", 8));
    }

    @Test
    void bothSetOneAttributeBlindly() {
        assertDone(commit(session -> session.set("a", 7), () -> change(session -> session.set("a", 8))));
        assertThat(stored().get("a")).isEqualTo(7);
    }

    @Test
    void bothReadAndThenSetOneAttribute() {
        Consumer<Session> readThenSet = session -> session.set("a", session.get("a") + "!");
        assertConflict(commit(readThenSet, () -> change(readThenSet)));
        assertThat(stored().get("a")).isEqualTo("1!");
    }

    @Test
    void bothSetOneNewAttribute() {
        Consumer<Session> setIfAbsent = session -> {
            if (!session.has("c")) {
                session.set("c", 1);
            }
        };
        assertConflict(commit(setIfAbsent, () -> change(setIfAbsent)));
        assertThat(stored().get("c")).isEqualTo(1);
    }

    @Test
    void aSlowReadDoesNotUndoADestroy() {
        assertDone(slowRead(this::destroy));
        assertDead(cookie);
    }

    @Test
    void aSlowReadDoesNotUndoARotation() {
        assertDone(slowRead(this::rotate));
        assertDead(cookie);
        assertThat(stored(rotated).get("a")).isEqualTo(1);
    }

    @Test
    void aSlowReadDoesNotUndoAnExpiry() {
        assertDone(slowRead(this::expire));
        assertDead(cookie);
    }

    @Test
    void aSlowReadDoesNotUndoACleanup() {
        assertDone(slowRead(this::expireAndCleanUp));
        assertDead(cookie);
    }

    @Test
    void aSlowReadDoesNotUndoACommit() {
        assertDone(slowRead(() -> change(increment("a"))));
        assertThat(stored().get("a")).isEqualTo(2);
    }

    @Test
    void aSlowReadDoesNotBringAFlashValueBack() {
        assertDone(slowRead(() -> change(session -> session.get("message"))));
        assertThat(stored().has("message")).isFalse();
    }

    @Test
    void twoSlowReadsExtendTheIdleTimeout() {
        assertDone(slowRead(() -> change(session -> session.get("a"))));
        clock.advance(IDLE_TIMEOUT.minusMillis(1));
        assertThat(stored().get("a")).isEqualTo(1);
    }

    @Test
    void endingAllSessionsOfAPrincipalBeforeTheWriteOfACommit() {
        if (repository instanceof PrincipalSessionRepository principals) {
            assertGone(commit(increment("a"), () -> new Sessions(principals, IDLE_TIMEOUT).endAll("robin")));
            assertDead(cookie);
        }
    }

    /** Lets the first node read, change and almost write, and something else happen before it does. */
    private Outcome commit(Consumer<Session> change, Runnable between) {
        Session session = first.getSession(cookie);
        change.accept(session);
        return afterPause(() -> first.commitSession(session), between);
    }

    /** Like a commit, of a request that only reads, at a time when it extends the idle timeout. */
    private Outcome slowRead(Runnable between) {
        clock.advance(IDLE_TIMEOUT.dividedBy(2));
        return commit(session -> session.get("a"), between);
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

    private static void assertGone(Outcome outcome) {
        assertThat(outcome.thrown()).isInstanceOf(SessionGoneException.class);
    }

    private static void assertConflict(Outcome outcome) {
        assertThat(outcome.thrown()).isInstanceOf(SessionConflictException.class);
    }

    private static String assertDone(Outcome outcome) {
        assertThat(outcome.thrown()).isNull();
        return String.valueOf(outcome.cookie());
    }

    private void change(Consumer<Session> change) {
        Session session = second.getSession(cookie);
        change.accept(session);
        second.commitSession(session);
    }

    private void destroy() {
        second.destroySession(second.getSession(cookie));
    }

    private void rotate() {
        Session session = second.getSession(cookie);
        session.rotateId();
        rotated = second.commitSession(session);
    }

    private void expire() {
        clock.advance(IDLE_TIMEOUT);
    }

    private void expireAndCleanUp() {
        expire();
        cleanUp();
    }

    /** A store that drops expired records by itself has done so by now. */
    private void cleanUp() {
        if (repository instanceof ExpiredSessionRepository expired) {
            assertThat(expired.deleteExpired(1_000)).isNotNegative();
        }
    }

    private Session stored() {
        return stored(cookie);
    }

    private Session stored(String liveCookie) {
        Session session = second.getSession(liveCookie);
        assertThat(session.isNew()).isFalse();
        return session;
    }

    private void assertDead(String deadCookie) {
        assertThat(second.getSession(deadCookie).isNew()).isTrue();
        assertThat(first.getSession(deadCookie).isNew()).isTrue();
    }

    private static Consumer<Session> increment(String name) {
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
