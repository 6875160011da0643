package dev.sessionstorage.jpa;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.hibernate.jdbc.ReturningWork;
import org.jspecify.annotations.Nullable;

/**
 * Runs work in a transaction of its own, and again if the database undid it for the sake of another transaction, as a healthy
 * one does at a strict isolation level.
 */
final class Retries {

    private static final int MAX_ATTEMPTS = 25;
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private Retries() {}

    /** One attempt, which leaves nothing behind where it fails. */
    interface Attempt<T extends @Nullable Object> {

        T make() throws SQLException;
    }

    /** The connection is not the application's, or nothing of the application's is pending on it. */
    static <T extends @Nullable Object> T run(Connection connection, ReturningWork<T> work) throws SQLException {
        return run(() -> connection.getAutoCommit() ? work.execute(connection) : runAndCommit(connection, work));
    }

    static <T extends @Nullable Object> T run(Attempt<T> work) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.make();
            } catch (RuntimeException | SQLException e) {
                if (attempt == MAX_ATTEMPTS || !isConflict(e)) {
                    throw e;
                }
            }
            pause(attempt);
        }
    }

    /** Whether the database has undone a transaction because of another one, for certain. */
    static boolean isConflict(Throwable failure) {
        return hasCause(failure, sql -> isConflict(sql.getSQLState(), sql.getErrorCode()));
    }

    /** Whether nothing more can be done in a transaction: because of another one, or since an earlier statement has failed. */
    static boolean isOfTransaction(Throwable failure) {
        return isConflict(failure) || isInFailedTransaction(failure);
    }

    static boolean isInFailedTransaction(Throwable failure) {
        return hasCause(failure, sql -> "25P02".equals(sql.getSQLState()));
    }

    private static boolean hasCause(Throwable failure, Predicate<SQLException> test) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            for (SQLException sql = cause instanceof SQLException first ? first : null;
                    sql != null;
                    sql = sql.getNextException()) {
                if (test.test(sql)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Not the whole class 40: after 40003, "statement completion unknown", the work may have been done.
     *
     * @param state 40001 is a serialization failure, on some databases also a deadlock, 40P01 is PostgreSQL's deadlock, 90131
     *     a row that another transaction of H2 has changed
     * @param code 1020 is a row that has changed since MariaDB's snapshot, which has no state of its own
     */
    private static boolean isConflict(@Nullable String state, int code) {
        return "40001".equals(state)
                || "40P01".equals(state)
                || "90131".equals(state)
                || ("HY000".equals(state) && code == 1020);
    }

    static <T extends @Nullable Object> T runAndCommit(Connection connection, ReturningWork<T> work)
            throws SQLException {
        try {
            T result = work.execute(connection);
            connection.commit();
            return result;
        } catch (RuntimeException | SQLException | Error e) {
            try {
                connection.rollback();
            } catch (SQLException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    /** At random, so that those who met do not meet again. */
    private static void pause(int attempt) {
        long longest = Math.min(MAX_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(attempt, 10));
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(longest));
    }
}
