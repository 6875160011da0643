package dev.sessionstorage.benchmarks;

/**
 * One contender's value in one round.
 *
 * @param table what is measured under which circumstances: a table of the report
 * @param row the operation
 * @param contender who did it
 * @param unit {@code ops/s}, of which more is better, or one of which less is better
 * @param round from 0
 * @param value in the unit
 */
record Measurement(String table, String row, String contender, String unit, int round, double value) {

    static final String OURS = "session-storage";
    static final String PER_SECOND = "ops/s";
}
