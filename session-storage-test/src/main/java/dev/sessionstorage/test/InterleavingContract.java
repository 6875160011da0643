package dev.sessionstorage.test;

import static dev.sessionstorage.test.TwoNodes.IDLE_TIMEOUT;
import static dev.sessionstorage.test.TwoNodes.increment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionDataRepository;
import java.time.Clock;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The contract for two concurrent requests of one session on two nodes. The first has read the session and is about to write
 * when the second intervenes; a latch decides the moment, not luck. Extend it and supply the repository. Interleavings with an
 * optional capability are in that capability's contract.
 */
@Timeout(60)
public abstract class InterleavingContract {

    private final MutableClock clock = new MutableClock();
    private TwoNodes nodes;

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
        nodes = new TwoNodes(repository(clock), clock);
    }

    @AfterEach
    void stopTheFirstNode() {
        nodes.close();
    }

    @Test
    void destroyBeforeTheWriteOfACommit() {
        nodes.commit(increment("a"), nodes::destroy).assertGone();
        nodes.assertDead();
    }

    @Test
    void rotationBeforeTheWriteOfACommit() {
        nodes.commit(increment("a"), nodes::rotate).assertMoved(nodes.isKnownToHaveMoved());
        nodes.assertDead();
        assertThat(nodes.stored(nodes.rotated).get("a")).isEqualTo(1);
    }

    @Test
    void commitBeforeTheWriteOfARotation() {
        String newCookie = nodes.commit(Session::rotateId, () -> nodes.change(increment("a")))
                .assertDone();
        nodes.assertDead();
        assertThat(nodes.stored(newCookie).get("a")).isEqualTo(2);
        assertThat(nodes.stored(newCookie).principal()).isEqualTo(nodes.principal);
    }

    @Test
    void rotationBeforeTheWriteOfARotation() {
        nodes.commit(Session::rotateId, nodes::rotate).assertMoved(nodes.isKnownToHaveMoved());
        nodes.assertDead();
        assertThat(nodes.stored(nodes.rotated).get("a")).isEqualTo(1);
    }

    @Test
    void destroyBeforeTheWriteOfARotation() {
        nodes.commit(Session::rotateId, nodes::destroy).assertGone();
        nodes.assertDead();
    }

    @Test
    void destroyBeforeTheWriteOfADestroy() {
        nodes.destroying(nodes::destroy).assertDone();
        nodes.assertDead();
    }

    @Test
    void commitBeforeTheWriteOfADestroy() {
        nodes.destroying(() -> nodes.change(increment("a"))).assertDone();
        nodes.assertDead();
    }

    @Test
    void expiryLongBeforeTheWriteOfACommit() {
        nodes.commit(increment("a"), this::expireForGood).assertGone();
        nodes.assertDead();
    }

    private void expireForGood() {
        nodes.expire();
        clock.advance(SessionDataRepository.GRACE);
    }

    @Test
    void expiryBeforeTheWriteOfARotation() {
        nodes.commit(Session::rotateId, this::expireForGood).assertGone();
        nodes.assertDead();
    }

    @Test
    void bothConsumeAFlashValue() {
        Consumer<Session> consume =
                session -> assertThat(session.get("message")).isEqualTo("hello");
        nodes.commit(consume, () -> nodes.change(consume)).assertConflict();
        assertThat(nodes.stored().has("message")).isFalse();
    }

    @Test
    void bothUpdateOneAttribute() {
        nodes.commit(increment("a"), () -> nodes.change(increment("a"))).assertDone();
        assertThat(nodes.stored().get("a")).isEqualTo(3);
    }

    @Test
    void bothSetDifferentAttributes() {
        nodes.commit(session -> session.set("a", 7), () -> nodes.change(session -> session.set("c", 8)))
                .assertDone();
        assertThat(nodes.stored().data()).isEqualTo(Map.of("a", 7, "b", 1, "c", 8));
    }

    @Test
    void bothSetOneAttributeBlindly() {
        nodes.commit(session -> session.set("a", 7), () -> nodes.change(session -> session.set("a", 8)))
                .assertDone();
        assertThat(nodes.stored().get("a")).isEqualTo(7);
    }

    @Test
    void bothReadAndThenSetOneAttribute() {
        Consumer<Session> readThenSet = session -> session.set("a", session.get("a") + "!");
        nodes.commit(readThenSet, () -> nodes.change(readThenSet)).assertConflict();
        assertThat(nodes.stored().get("a")).isEqualTo("1!");
    }

    @Test
    void bothSetOneNewAttribute() {
        Consumer<Session> setIfAbsent = session -> {
            if (!session.has("c")) {
                session.set("c", 1);
            }
        };
        nodes.commit(setIfAbsent, () -> nodes.change(setIfAbsent)).assertConflict();
        assertThat(nodes.stored().get("c")).isEqualTo(1);
    }

    @Test
    void aSlowReadDoesNotUndoADestroy() {
        nodes.slowRead(nodes::destroy).assertDone();
        nodes.assertDead();
    }

    @Test
    void aSlowReadDoesNotUndoARotation() {
        nodes.slowRead(nodes::rotate).assertDone();
        nodes.assertDead();
        assertThat(nodes.stored(nodes.rotated).get("a")).isEqualTo(1);
    }

    @Test
    void aSlowReadDoesNotUndoAnExpiry() {
        nodes.slowRead(this::expireForGood).assertDone();
        nodes.assertDead();
    }

    @Test
    void aSlowReadDoesNotUndoACommit() {
        nodes.slowRead(() -> nodes.change(increment("a"))).assertDone();
        assertThat(nodes.stored().get("a")).isEqualTo(2);
    }

    @Test
    void aSlowReadDoesNotBringAFlashValueBack() {
        nodes.slowRead(() -> nodes.change(session -> session.get("message"))).assertDone();
        assertThat(nodes.stored().has("message")).isFalse();
    }

    @Test
    void twoSlowReadsExtendTheIdleTimeout() {
        nodes.slowRead(() -> nodes.change(session -> session.get("a"))).assertDone();
        clock.advance(IDLE_TIMEOUT.minusMillis(1));
        assertThat(nodes.stored().get("a")).isEqualTo(1);
    }
}
