package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sessionstorage.CommitQueue.State;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a queue keeps of a session that nobody commits any more: nothing, or each session would be kept. */
class CommitQueueTest {

    private static final State STATE =
            new State("id", SessionData.fromJson("{}", 0, Instant.EPOCH, null, Instant.EPOCH), Map.of());

    private final CommitQueue queue = new CommitQueue();

    @AfterEach
    void noLineIsLeft() {
        assertThat(queue.lines).isEmpty();
    }

    @Test
    void afterACommit() {
        queue.together("id", open -> STATE, this::written);
        queue.inTurn("id", false, () -> written(STATE));
        queue.inTurn("id", true, () -> written(STATE));
    }

    @Test
    void afterACommitWithinAnother() {
        queue.inTurn("id", false, () -> {
            queue.inTurn("other", false, () -> written(STATE));
            return queue.inTurn("id", false, () -> written(STATE));
        });
    }

    @Test
    void afterOneThatFails() {
        IllegalStateException failure = new IllegalStateException("expected");
        Supplier<State> failing = () -> {
            throw failure;
        };
        assertThatThrownBy(() -> queue.together("id", open -> failing.get(), this::written))
                .isSameAs(failure);
        assertThatThrownBy(() -> queue.together("id", open -> STATE, state -> failing.get()))
                .isSameAs(failure);
        assertThatThrownBy(() -> queue.inTurn("id", false, failing)).isSameAs(failure);
    }

    private @Nullable State written(State state) {
        assertThat(queue.lines).containsKey(state.id());
        return state;
    }
}
