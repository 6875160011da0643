package dev.sessionstorage.benchmarks;

/** A session store under test, or the upper bound it is compared with. Many threads use it. */
interface Contender extends AutoCloseable {

    String name();

    /** Does the work of a request that creates a session, and returns a key for it. */
    String create();

    /** Does the work of a request that reads one attribute. */
    void read(String key);

    /** Does the work of a request that reads one attribute and changes it. */
    void change(String key, long number);

    @Override
    default void close() {}
}
