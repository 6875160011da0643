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
 * Runs work in a separate transaction, and retries it if the database rolled it back because of a conflict with another
 * transaction. That is normal at a strict isolation level.
 */
final class Retries {

    private static final int MAX_ATTEMPTS = 25;
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private Retries() {}

    /** One attempt, which leaves nothing behind if it fails. */
    interface Attempt<T extends @Nullable Object> {

        T make() throws SQLException;
    }

    /** Runs work on a connection that has no pending work of the application. */
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

    /** Whether the database has certainly rolled back a transaction because of another one. */
    static boolean isConflict(Throwable failure) {
        return hasCause(failure, sql -> isConflict(sql.getSQLState(), sql.getErrorCode()));
    }

    /** Whether the transaction can go no further, because of another transaction or an earlier failed statement. */
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
     * Whether a code stands for a conflict. It does not accept all of class 40: after 40003, "statement completion unknown",
     * the work may have been done.
     *
     * @param state 40001 is a serialization failure, on some databases also a deadlock; 40P01 is PostgreSQL's deadlock; 90131
     *     is H2's error for a row that another transaction has changed
     * @param code 1020 is MariaDB's error for a row that has changed since the snapshot; its state is only the general HY000
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

    /** Waits for a random time, so that transactions which collided do not collide again. */
    private static void pause(int attempt) {
        long longest = Math.min(MAX_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(attempt, 10));
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(longest));
    }
}
