package dev.sessionstorage.test;

import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionEvent;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.test.HistoryOperation.Kind;
import dev.sessionstorage.test.HistoryOperation.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Checks by a history that a repository loses no update and that no dead session answers, as Jepsen tests databases. Many
 * threads make random requests to the same few sessions. Each request is logged as invoked, then as acknowledged, refused or
 * unknown. Afterwards the log is searched for impossible results.
 *
 * <pre>{@code
 * HistoryCheck.Report report = HistoryCheck.of(repository).run();
 * assertThat(report.violations()).as(report::toString).isEmpty();
 * }</pre>
 *
 * <p>Requests read, set blindly, set after a read, append by {@code update}, set and consume flash values, extend the idle
 * timeout, rotate, destroy, expire, and clean up. They go through two {@link SessionStorage} objects, which act as two nodes. A
 * violation shows only if threads interleave at the right moment, so a longer clean run proves more than a short one.
 *
 * <p>The repository must use the system clock. It may fail at times: a failed request may or may not have taken effect, and all
 * other guarantees must still hold.
 *
 * <p>The system property {@code history.seconds} sets how long a run takes. {@code history.seed} repeats the choices of an
 * earlier run: what each thread does to which session, but not how the machine schedules the threads.
 */
public final class HistoryCheck {

    private static final Duration DEFAULT_DURATION = Duration.ofSeconds(4);
    private static final int DEFAULT_ROUND = 40_000;
    /** Enough to cover every kind of operation, even on a slow, busy machine. */
    private static final int AT_LEAST = 2_000;

    private final SessionDataRepository repository;
    private int threads = 8;
    private Duration duration;
    private long seed;
    private int round = DEFAULT_ROUND;
    private UnaryOperator<SessionStorage.Builder> settings = UnaryOperator.identity();

    private HistoryCheck(SessionDataRepository repository) {
        this.repository = repository;
        Long seconds = Long.getLong("history.seconds");
        this.duration = seconds == null ? DEFAULT_DURATION : Duration.ofSeconds(seconds);
        this.seed = Long.getLong("history.seed", new SplittableRandom().nextLong(1_000_000_000));
    }

    /**
     * Creates a check of a repository that uses the system clock.
     *
     * @param repository the repository. The check touches only sessions that it creates, but deletes expired ones of others too
     * @return the check, with 8 threads for 4 seconds
     */
    public static HistoryCheck of(SessionDataRepository repository) {
        return new HistoryCheck(repository);
    }

    /**
     * Sets the number of threads that make requests.
     *
     * @param threads at least 1
     * @return this
     */
    public HistoryCheck threads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("The number of threads " + threads + " is less than 1");
        }
        this.threads = threads;
        return this;
    }

    /**
     * Sets how long requests are made, excluding the time to check them. At least about 2,000 are made.
     *
     * @param duration the time
     * @return this
     */
    public HistoryCheck duration(Duration duration) {
        this.duration = duration;
        return this;
    }

    /**
     * Sets the seed of the random choices; a random one by default.
     *
     * @param seed any number
     * @return this
     */
    public HistoryCheck seed(long seed) {
        this.seed = seed;
        return this;
    }

    /**
     * The seed of the random choices. Give it to the other processes of a check.
     *
     * @return the seed
     */
    public long seed() {
        return seed;
    }

    /** Sets after how many operations the history is checked and new sessions are used. */
    HistoryCheck roundsOf(int operations) {
        this.round = operations;
        return this;
    }

    /** Customizes the storages. */
    HistoryCheck settings(UnaryOperator<SessionStorage.Builder> settings) {
        this.settings = settings;
        return this;
    }

    /**
     * Makes requests for the given time and checks them in rounds. It stops after the first round with a violation.
     *
     * @return what happened
     */
    public Report run() {
        long deadline = System.nanoTime() + duration.toNanos();
        HistoryNodes nodes = new HistoryNodes(repository, settings);
        Report report = new Report(seed);
        for (int number = 0; report.isClean() && System.nanoTime() < deadline; number++) {
            HistorySlots slots = HistorySlots.inMemory();
            HistoryWorkload workload = new HistoryWorkload(nodes, slots, seed + (long) number * threads, 0, threads);
            List<HistoryOperation> history = workload.run(deadline, number == 0 ? AT_LEAST : 0, round);
            history.addAll(workload.finish(history));
            report.add(history);
        }
        report.events(nodes.events());
        return report;
    }

    /**
     * Makes requests for the given time as one of several processes on one machine, and writes the log to a file. All processes
     * must run this at the same time. {@link #check} checks the logs of all.
     *
     * @param directory an empty directory that the processes share
     * @param firstThread the number of this process's first thread; the numbers of its threads must not overlap those of other
     *     processes
     */
    public void record(Path directory, int firstThread) {
        HistoryNodes nodes = new HistoryNodes(repository, settings);
        HistoryWorkload workload =
                new HistoryWorkload(nodes, HistorySlots.inDirectory(directory), seed, firstThread, threads);
        List<HistoryOperation> history =
                workload.run(System.nanoTime() + duration.toNanos(), AT_LEAST, Integer.MAX_VALUE);
        HistoryLog.write(directory, firstThread, history, nodes.events());
    }

    /**
     * Checks the logs of all processes. Their times are comparable on Linux, where {@link System#nanoTime()} is the machine's
     * CLOCK_MONOTONIC.
     *
     * @param directory the directory that the processes have shared
     * @return what happened
     */
    public Report check(Path directory) {
        Report report = new Report(seed);
        List<HistoryOperation> history = new ArrayList<>();
        for (HistoryLog log : HistoryLog.readAll(directory)) {
            history.addAll(log.operations());
            report.events(log.events());
        }
        HistoryNodes nodes = new HistoryNodes(repository, settings);
        history.addAll(new HistoryWorkload(nodes, HistorySlots.inMemory(), seed, 0, 1).finish(history));
        report.add(history);
        return report;
    }

    /** The operations and findings of a check. */
    public static final class Report {

        private static final int SHOWN = 10;

        private final long seed;
        private final List<String> violations = new ArrayList<>();
        private final Map<Kind, Map<Outcome, Long>> counts = new EnumMap<>(Kind.class);
        private final Map<SessionEvent, Long> events = new EnumMap<>(SessionEvent.class);
        private int operations;

        private Report(long seed) {
            this.seed = seed;
        }

        private void add(List<HistoryOperation> history) {
            operations += history.size();
            for (HistoryOperation operation : history) {
                counts.computeIfAbsent(operation.kind, kind -> new EnumMap<>(Outcome.class))
                        .merge(operation.outcome, 1L, Long::sum);
            }
            violations.addAll(HistoryChecker.violations(history));
        }

        private void events(Map<SessionEvent, Long> more) {
            more.forEach((event, count) -> events.merge(event, count, Long::sum));
        }

        /**
         * Whether the check found no violation.
         *
         * @return true if there is no violation
         */
        public boolean isClean() {
            return violations.isEmpty();
        }

        /**
         * The violations: results that a correct repository cannot produce.
         *
         * @return a sentence for each violation, with the operations that prove it; sessions appear by a short hash only
         */
        public List<String> violations() {
            return List.copyOf(violations);
        }

        /**
         * The number of requests made.
         *
         * @return the number
         */
        public int operations() {
            return operations;
        }

        /**
         * How often the storages reported an event. It shows whether a run covered what it was meant to cover.
         *
         * @param event the event
         * @return the number
         */
        public long count(SessionEvent event) {
            return events.getOrDefault(event, 0L);
        }

        long count(Kind kind, Outcome outcome) {
            return counts.getOrDefault(kind, Map.of()).getOrDefault(outcome, 0L);
        }

        /** Shows the seed, the number of operations by kind and outcome, and the first violations. */
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(
                    "History of %,d operations, seed %d, %d violations".formatted(operations, seed, violations.size()));
            text.append("%n  %-16s %10s %10s %10s".formatted("", "ok", "failed", "unknown"));
            for (Kind kind : counts.keySet()) {
                text.append("%n  %-16s %10d %10d %10d"
                        .formatted(
                                kind,
                                count(kind, Outcome.OK),
                                count(kind, Outcome.FAILED),
                                count(kind, Outcome.UNKNOWN)));
            }
            text.append("%n  %s".formatted(events));
            violations.stream().limit(SHOWN).forEach(violation -> text.append("%n  %s".formatted(violation)));
            return text.toString();
        }
    }
}
