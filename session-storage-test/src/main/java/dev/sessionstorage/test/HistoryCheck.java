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
 * Proves by its history that a repository loses no update and lets no dead session answer: many threads make random requests
 * to the same few sessions, each request is logged as invoked, then acknowledged, refused or unknown, and afterwards the log
 * is checked for what cannot have happened. This is how Jepsen tests databases.
 *
 * <pre>{@code
 * HistoryCheck.Report report = HistoryCheck.of(repository).run();
 * assertThat(report.violations()).as(report::toString).isEmpty();
 * }</pre>
 *
 * <p>Requests read, set blindly, set after a read, append by {@code update}, set and consume flash values, extend the idle
 * timeout, rotate, destroy, expire, and clean up. They go through two {@link SessionStorage} objects, as if there were two
 * nodes. The history shows a violation only if threads met in the right moment, so a run that finds none proves less than a
 * longer one.
 *
 * <p>The repository must go by the system's clock. It is safe to use one that fails at times: a request that it failed may
 * have happened or not, and everything else must still hold.
 *
 * <p>The system property {@code history.seconds} sets how long a run takes, {@code history.seed} repeats the choices of an
 * earlier run: what each thread does to which session, though not how the machine schedules the threads.
 */
public final class HistoryCheck {

    private static final Duration DEFAULT_DURATION = Duration.ofSeconds(4);
    private static final int DEFAULT_ROUND = 40_000;
    /** Enough for all to happen that can happen, also where a busy machine is slow. */
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
     * A check of a repository that goes by the system's clock.
     *
     * @param repository the repository; only sessions that the check creates are touched, but expired ones are deleted
     * @return the check, with 8 threads for 4 seconds
     */
    public static HistoryCheck of(SessionDataRepository repository) {
        return new HistoryCheck(repository);
    }

    /**
     * How many threads make requests.
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
     * How long requests are made, without the time to check them; at least some 2,000 are.
     *
     * @param duration the time
     * @return this
     */
    public HistoryCheck duration(Duration duration) {
        this.duration = duration;
        return this;
    }

    /**
     * What the choices follow from; random by default.
     *
     * @param seed any number
     * @return this
     */
    public HistoryCheck seed(long seed) {
        this.seed = seed;
        return this;
    }

    /**
     * What the choices follow from, to be given to the other processes of a check.
     *
     * @return the seed
     */
    public long seed() {
        return seed;
    }

    /** After how many operations the history is checked, and new sessions are used. */
    HistoryCheck roundsOf(int operations) {
        this.round = operations;
        return this;
    }

    /** Changes the storages. */
    HistoryCheck settings(UnaryOperator<SessionStorage.Builder> settings) {
        this.settings = settings;
        return this;
    }

    /**
     * Makes requests for the given time, checking them in rounds, and stops at the first round with a violation.
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
     * Makes requests for the given time as one of several processes on one machine, which must all run this at the same time,
     * and writes the log to a file. {@link #check} checks the logs of all.
     *
     * @param directory an empty directory that the processes share
     * @param firstThread a number that no other process has between it and its last thread's
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
     * Checks what all processes have recorded. Times in their logs are comparable on Linux, where
     * {@link System#nanoTime()} is the machine's CLOCK_MONOTONIC.
     *
     * @param directory the directory that the processes shared
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

    /** What a check has done and found. */
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
         * Whether nothing was found.
         *
         * @return true if there is no violation
         */
        public boolean isClean() {
            return violations.isEmpty();
        }

        /**
         * What cannot have happened, but did.
         *
         * @return a sentence for each violation, with the operations that prove it; sessions appear by a short hash only
         */
        public List<String> violations() {
            return List.copyOf(violations);
        }

        /**
         * How many requests were made.
         *
         * @return the number
         */
        public int operations() {
            return operations;
        }

        /**
         * How often the storages told of an event, to see that a run has met what it was to meet.
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

        /** The seed, what was done how often with what outcome, and the first violations. */
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
