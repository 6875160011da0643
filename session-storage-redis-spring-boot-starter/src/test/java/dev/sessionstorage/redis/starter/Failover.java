package dev.sessionstorage.redis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.redis.starter.FailoverUser.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Records what concurrent users see while a master is killed, from some time before until some time after. */
final class Failover {

    /** Increments of each user before the kill, and again after it. */
    private static final int A_WHILE = 20;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** The largest lag of a replica that keeps up. On one machine it is a few milliseconds. */
    private static final long REPLICATION_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<FailoverUser> users;
    private final long kill;
    private final long dead;

    private Failover(List<FailoverUser> users, long kill, long dead) {
        this.users = users;
        this.kill = kill;
        this.dead = dead;
    }

    static Failover of(List<FailoverUser> users, Runnable killMaster) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(users.size());
        try {
            List<Future<?>> working = new ArrayList<>();
            for (FailoverUser user : users) {
                working.add(threads.submit(() -> {
                    user.work(end);
                    return null;
                }));
            }
            awaitAWhileSince(System.nanoTime(), users, working);
            long kill = System.nanoTime();
            killMaster.run();
            long dead = System.nanoTime();
            awaitAWhileSince(dead, users, working);
            end.countDown();
            for (Future<?> one : working) {
                one.get();
            }
            return new Failover(users, kill, dead);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Checks all answers, and prints the figures. */
    void assertSound(String setting, Predicate<FailoverUser> onKilledMaster) throws Exception {
        List<FailoverUser> hit = users.stream().filter(onKilledMaster).toList();
        List<FailoverUser> others =
                users.stream().filter(onKilledMaster.negate()).toList();
        int lost = 0;
        for (FailoverUser user : users) {
            lost += lost(user, hit.contains(user));
        }
        System.out.printf(
                "%s: %d of %d users were on the killed one%n"
                        + "first 200 for one of them after %d ms, for the last after %d ms%n"
                        + "answers from the kill on: %d 200 and %d 503 to them, %d 200 and %d 503 to the others%n"
                        + "%d of %d acknowledged increments were seen to be lost%n",
                setting,
                hit.size(),
                users.size(),
                hit.stream().mapToLong(this::recoveryMillis).min().orElseThrow(),
                hit.stream().mapToLong(this::recoveryMillis).max().orElseThrow(),
                answersSinceKill(hit, true),
                answersSinceKill(hit, false),
                answersSinceKill(others, true),
                answersSinceKill(others, false),
                lost,
                users.stream()
                        .flatMap(user -> user.answers().stream())
                        .filter(Answer::acknowledges)
                        .count());
        assertThat(answersSinceKill(hit, false)).as("503s").isPositive();
    }

    /**
     * Checks a user's counts. Redis answers before it replicates, and neither {@code WAIT} nor {@code min-replicas-to-write} is
     * used. So only what the killed master acknowledged in its last second may be lost.
     */
    private int lost(FailoverUser user, boolean onKilledMaster) throws Exception {
        Answer last = user.read();
        assertThat(last.ok()).as("the last read of " + user).isTrue();
        List<Answer> answers = user.answers();
        long acknowledged = answers.stream().filter(Answer::acknowledges).count();
        long unknown = answers.stream()
                .filter(answer -> answer.increments() && !answer.ok())
                .count();
        assertThat((long) last.count()).as("count of " + user).isLessThanOrEqualTo(acknowledged + unknown);

        int lost = 0;
        List<Answer> counts = answers.stream().filter(Answer::ok).toList();
        for (int i = 1; i < counts.size(); i++) {
            Answer before = counts.get(i - 1);
            Answer after = counts.get(i);
            int missing = after.missingSince(before);
            if (missing > 0) {
                assertThat(onKilledMaster && before.sent() - dead < 0 && after.received() - kill > 0)
                        .as("%s lost %d from %s to %s, not by the kill", user, missing, before, after)
                        .isTrue();
                lost += missing;
            }
        }
        long mayBeLost = answers.stream()
                .filter(Answer::acknowledges)
                .filter(answer -> answer.sent() - dead < 0 && answer.received() - (kill - REPLICATION_NANOS) > 0)
                .count();
        assertThat((long) lost).as("increments that %s lost", user).isLessThanOrEqualTo(mayBeLost);
        assertThat((long) last.count()).as("count of " + user).isGreaterThanOrEqualTo(acknowledged - lost);
        return lost;
    }

    /** Returns the time from the kill to the first successful answer to a later request. */
    private long recoveryMillis(FailoverUser user) {
        Answer first = user.answers().stream()
                .filter(answer -> answer.ok() && answer.sent() - dead > 0)
                .findFirst()
                .orElseThrow();
        return (first.received() - kill) / 1_000_000;
    }

    private long answersSinceKill(List<FailoverUser> some, boolean ok) {
        return some.stream()
                .flatMap(user -> user.answers().stream())
                .filter(answer -> answer.received() - kill > 0 && answer.ok() == ok)
                .count();
    }

    /** Waits until each user has made {@link #A_WHILE} increments since an instant, or one has failed. */
    private static void awaitAWhileSince(long instant, List<FailoverUser> users, List<Future<?>> working)
            throws ExecutionException, InterruptedException {
        while (!users.stream().allMatch(user -> user.acknowledgedSince(instant) >= A_WHILE)) {
            for (Future<?> one : working) {
                if (one.isDone()) {
                    one.get();
                }
            }
            assertThat(System.nanoTime() - instant).as("time until all work").isLessThan(PATIENCE_NANOS);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
