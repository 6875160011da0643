package dev.sessionstorage.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs contenders in turns on a number of threads, and records their throughput. */
final class Race {

    private final Settings settings;
    private final Results results;
    private final String table;
    private final int threads;
    private final int warmUps;

    Race(Settings settings, Results results, String table, int threads) {
        this(settings, results, table, threads, 1);
    }

    /** Creates a race with several warm-ups: more code takes the compiler longer. */
    Race(Settings settings, Results results, String table, int threads, int warmUps) {
        this.settings = settings;
        this.results = results;
        this.table = table;
        this.threads = threads;
        this.warmUps = warmUps;
    }

    /** The work that a thread repeats. It receives a number that increases with each repetition. */
    interface Work {
        void run(int thread, long number) throws Exception;
    }

    /** Runs the contenders. Each round begins with another one, so that none always follows the same one. */
    void run(String row, Map<String, Work> contenders) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int i = 0; i < warmUps; i++) {
                for (Work work : contenders.values()) {
                    perSecond(pool, work, settings.warmUp());
                }
            }
            List<Map.Entry<String, Work>> order = new ArrayList<>(contenders.entrySet());
            for (int round = 0; round < settings.rounds(); round++) {
                for (Map.Entry<String, Work> contender : order) {
                    double value = perSecond(pool, contender.getValue(), settings.turn());
                    results.add(new Measurement(table, row, contender.getKey(), Measurement.PER_SECOND, round, value));
                }
                order.add(order.remove(0));
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private double perSecond(ExecutorService pool, Work work, Duration duration) throws Exception {
        long start = System.nanoTime();
        long end = start + duration.toNanos();
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int thread = i;
            tasks.add(() -> {
                long done = 0;
                while (System.nanoTime() < end) {
                    work.run(thread, done++);
                }
                return done;
            });
        }
        long done = 0;
        for (Future<Long> task : pool.invokeAll(tasks)) {
            done += task.get();
        }
        return done * 1e9 / (System.nanoTime() - start);
    }
}
