package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How long committed sessions stay in memory. */
class RecentCommitsTest {

    private final AtomicLong nanoTime = new AtomicLong();
    private final List<Runnable> inASecond = new ArrayList<>();
    private final RecentCommits recent = new RecentCommits(nanoTime::get, inASecond::add);

    @Test
    void theLastCommitIsKnownForASecond() {
        recent.add(state("a", 2), true);

        assertThat(recent.after(state("a", 1)))
                .extracting(RecentCommits.Commit::state)
                .isEqualTo(state("a", 2));
        assertThat(recent.after(state("a", 2))).isNull();
        assertThat(recent.after(state("b", 1))).isNull();

        nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThat(recent.after(state("a", 1))).isNull();
    }

    @Test
    void onlyTheVersionIsKnownOfOneThatMayBeUndone() {
        recent.add(state("a", 2), false);

        assertThat(recent.after(state("a", 1)))
                .extracting(RecentCommits.Commit::state)
                .isNull();
    }

    @Test
    void nothingIsKeptOfADestroyedSession() {
        recent.add(state("a", 2), true);
        recent.forget("b");
        assertThat(recent.isEmpty()).isFalse();

        recent.forget("a");
        assertThat(recent.isEmpty()).isTrue();
    }

    @Test
    void nothingIsKeptForLongerThanItIsOfUse() {
        recent.add(state("a", 2), true);
        nanoTime.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
        recent.add(state("b", 2), true);
        assertThat(inASecond).hasSize(1);

        nanoTime.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
        inASecond.remove(0).run();
        assertThat(recent.isEmpty()).isFalse();
        assertThat(inASecond).hasSize(1);

        nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(1));
        inASecond.remove(0).run();
        assertThat(recent.isEmpty()).isTrue();
        assertThat(inASecond).isEmpty();
    }

    private static State state(String id, long version) {
        SessionData data = SessionData.fromJson("{}", version, Instant.EPOCH, null, Instant.EPOCH);
        return new State(id, data, Map.of());
    }
}
