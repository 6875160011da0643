package dev.sessionstorage.benchmarks;

/** One of the things that can be measured alone. */
interface Part {

    void run(Settings settings, Results results) throws Exception;
}
