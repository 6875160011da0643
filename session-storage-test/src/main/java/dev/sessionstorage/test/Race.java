package dev.sessionstorage.test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Starts several threads at the same moment, any number of times. */
final class Race implements AutoCloseable {

    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** Runs the same task in a number of threads and returns their results. */
    <T> List<T> run(int number, Callable<T> task) throws Exception {
        return run(Collections.nCopies(number, task));
    }

    /**
     * Runs each task in its own thread and returns the results in the tasks' order. Throws the exception of the first failed
     * one.
     */
    <T> List<T> run(List<? extends Callable<T>> tasks) throws Exception {
        CyclicBarrier start = new CyclicBarrier(tasks.size());
        List<Future<T>> running = new ArrayList<>();
        for (Callable<T> task : tasks) {
            running.add(threads.submit(() -> {
                start.await();
                return task.call();
            }));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> one : running) {
            results.add(one.get());
        }
        return results;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
