package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Changes a counter and records the resulting writes. */
@Timeout(60)
class GroupCommitTest {

    private static final String KEY = "key";
    private static final long LONG_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final List<Integer> writes = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger stored = new AtomicInteger();
    private GroupCommit<Integer> group = new GroupCommit<>(this::write, LONG_NANOS, LONG_NANOS);

    /** Otherwise every session would stay in memory. */
    @AfterEach
    void noLineIsLeft() {
        assertThat(group.lines).isEmpty();
    }

    @Test
    void oneAloneIsWrittenAtOnce() {
        assertThat(commit(n -> n + 1)).isEqualTo(1);
        assertThat(writes).containsExactly(1);
    }

    @Test
    void oneWithinTheTurnOfItsOwnThreadDoesNotWait() {
        boolean outer = group.enter(KEY, GroupCommit.PATIENCE_NANOS);
        assertThat(group.hasTurn(KEY)).isTrue();
        boolean inner = group.enter(KEY, GroupCommit.PATIENCE_NANOS);
        group.leave(KEY, inner);
        assertThat(group.hasTurn(KEY)).isTrue();
        group.leave(KEY, outer);
        assertThat(group.hasTurn(KEY)).isFalse();
    }

    @Test
    void aChangeThatFailsIsNotWritten() {
        IllegalStateException failure = new IllegalStateException("expected");
        assertThatThrownBy(() -> commit(n -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(writes).isEmpty();
    }

    @Test
    void aWriteThatFailsIsTheCause() {
        stored.set(-1);
        assertThatThrownBy(() -> commit(n -> n + 1))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    /** A batch that never closed would acknowledge none of its commits. */
    @Test
    void aBatchIsWrittenOnceItIsFull() throws Exception {
        int threads = 200;
        CountDownLatch begun = new CountDownLatch(1);
        Thread first = new Thread(() -> commit(n -> {
            begun.countDown();
            awaitWaiting(threads);
            return n + 1;
        }));
        first.start();
        begun.await();
        List<Thread> others = start(threads, n -> n + 1);
        first.join();
        for (Thread thread : others) {
            thread.join();
        }

        assertThat(stored).hasValue(threads + 1);
        assertThat(writes).hasSizeGreaterThanOrEqualTo(4);
        int before = 0;
        for (int written : writes) {
            assertThat(written - before).isBetween(1, 64);
            before = written;
        }
    }

    @Test
    void noChangeThatIsMadeWaitsForTheFunctionOfAnother() throws Exception {
        group = new GroupCommit<>(this::write, LONG_NANOS, SHORT_NANOS);
        CountDownLatch firstHasTurn = new CountDownLatch(1);
        CountDownLatch secondWaits = new CountDownLatch(1);
        CountDownLatch secondMayEnd = new CountDownLatch(1);
        Thread first = new Thread(() -> commit(n -> {
            firstHasTurn.countDown();
            await(secondWaits);
            return n + 1;
        }));
        first.start();
        firstHasTurn.await();
        Thread second = new Thread(() -> commit(n -> {
            await(secondMayEnd);
            return n + 10;
        }));
        second.start();
        awaitWaiting(1);
        secondWaits.countDown();
        first.join();
        assertThat(writes).containsExactly(1);

        secondMayEnd.countDown();
        second.join();
        assertThat(writes).containsExactly(1, 11);
    }

    @Test
    void noChangeWaitsForItsTurnBehindTheFunctionOfAnother() throws Exception {
        group = new GroupCommit<>(this::write, SHORT_NANOS, LONG_NANOS);
        CountDownLatch othersHaveCommitted = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        Thread slow = new Thread(() -> commit(n -> {
            begun.countDown();
            await(othersHaveCommitted);
            return n + 1;
        }));
        slow.start();
        begun.await();

        assertThat(commit(n -> n + 10)).isEqualTo(10);
        assertThat(writes).containsExactly(10);
        othersHaveCommitted.countDown();
        slow.join();
    }

    private @Nullable Integer commit(UnaryOperator<Integer> change) {
        return group.commit(KEY, stored::get, change);
    }

    private Integer write(Integer state) {
        if (stored.get() < 0) {
            throw new IllegalStateException("expected");
        }
        writes.add(state);
        stored.set(state);
        return state;
    }

    private List<Thread> start(int number, UnaryOperator<Integer> change) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            Thread thread = new Thread(() -> commit(change));
            thread.start();
            threads.add(thread);
        }
        return threads;
    }

    private void awaitWaiting(int threads) {
        while (group.waiting(KEY) < threads) {
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError("It still waits", e);
        }
    }
}
