package dev.sessionstorage;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs a task in several threads that start at the same moment. */
final class Threads {

    private Threads() {}

    interface Task {
        void run(int thread) throws Exception;
    }

    /** Returns when all are done; rethrows the exception of the first one that failed. */
    static void run(int number, Task task) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(number);
        CyclicBarrier start = new CyclicBarrier(number);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                int thread = i;
                running.add(threads.submit(() -> {
                    start.await();
                    task.run(thread);
                    return true;
                }));
            }
            for (Future<?> one : running) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
