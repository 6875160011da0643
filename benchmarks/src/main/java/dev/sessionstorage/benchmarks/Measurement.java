package dev.sessionstorage.benchmarks;

/**
 * One contender's value in one round.
 *
 * @param table the report's table: what is measured, and under which conditions
 * @param row the operation
 * @param contender the contender's name
 * @param unit {@code ops/s}, where more is better, or a unit where less is better
 * @param round from 0
 * @param value in the unit
 */
record Measurement(String table, String row, String contender, String unit, int round, double value) {

    static final String OURS = "session-storage";
    static final String PER_SECOND = "ops/s";
}
