package dev.sessionstorage.benchmarks;

/** A session store under test, or the limit it is compared with; used by many threads. */
interface Contender extends AutoCloseable {

    String name();

    /** What a request does that creates a session; the returned key names it. */
    String create();

    /** What a request does that reads one attribute. */
    void read(String key);

    /** What a request does that reads one attribute and changes it. */
    void change(String key, long number);

    @Override
    default void close() {}
}
