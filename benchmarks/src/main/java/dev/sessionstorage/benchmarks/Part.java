package dev.sessionstorage.benchmarks;

/** A part of the benchmarks that can run alone. */
interface Part {

    void run(Settings settings, Results results) throws Exception;
}
