package dev.sessionstorage.jpa;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Deletes expired sessions on PostgreSQL in the order of their expiry. Each batch starts where the last one ended: the index
 * keeps the entries of deleted rows until a vacuum, and a batch from the start would walk over all of them.
 */
final class PostgresqlCleanup {

    private static final long START = Long.MIN_VALUE;
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /** Parameters: first expiry, now, number of rows to skip. */
    private static final String FIND_LAST =
            "select %2$s from %1$s where %2$s >= ? and %2$s <= ? order by %2$s offset ? limit 2";

    /** Applies to this transaction only. If a crash loses the delete, the expired rows are deleted again. */
    private static final String WITHOUT_WAITING_FOR_THE_DISK =
            " and (select set_config('synchronous_commit', 'off', true)) is not null";

    /** Parameters: first expiry, last expiry. */
    private static final String DELETE = "delete from %1$s where %2$s >= ? and %2$s <= ?"
            + " and (select set_config('lock_timeout', '10ms', true)) is not null" + WITHOUT_WAITING_FOR_THE_DISK;

    /** Parameters: first expiry, now, limit. Deletes by ctid: the inner select has locked these rows. */
    private static final String DELETE_UNLOCKED = """
            with deleted as (
              delete from %1$s where ctid = any(array(
                select ctid from %1$s where %2$s >= ? and %2$s <= ? order by %2$s limit ? for update skip locked))
              %3$s
              returning %2$s)
            select count(*), max(%2$s) from deleted""";

    private final String findLast;
    private final String delete;
    private final String deleteUnlocked;
    private volatile long reached = START;

    /** Takes the names of the table and of its expiry column. */
    PostgresqlCleanup(String table, String expires) {
        this.findLast = FIND_LAST.formatted(table, expires);
        this.delete = DELETE.formatted(table, expires);
        this.deleteUnlocked = DELETE_UNLOCKED.formatted(table, expires, WITHOUT_WAITING_FOR_THE_DISK);
    }

    /**
     * Goes back to the start before it returns fewer than the limit: others may have locked rows that were skipped, or deleted
     * the same ones.
     */
    int deleteExpired(Connection connection, long now, int limit) throws SQLException {
        int deleted = deleteBatch(connection, reached, now, limit);
        return deleted == limit ? deleted : deleted + deleteUnlocked(connection, START, now, limit - deleted);
    }

    /** Deletes a range of expiries, which is faster than locking rows one by one. If a row is locked, it falls back to that. */
    private int deleteBatch(Connection connection, long from, long now, int limit) throws SQLException {
        Long last = findLast(connection, from, now, limit);
        if (last == null) {
            return deleteUnlocked(connection, from, now, limit);
        }
        try {
            return delete(connection, from, last, limit);
        } catch (SQLException e) {
            if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw e;
            }
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            return deleteUnlocked(connection, from, now, limit);
        }
    }

    /** The last expiry of the batch: now if fewer rows are left, null if the row after the batch has the same expiry. */
    private @Nullable Long findLast(Connection connection, long from, long now, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(findLast)) {
            statement.setLong(1, from);
            statement.setLong(2, now);
            statement.setLong(3, limit - 1L);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return now;
                }
                long last = row.getLong(1);
                return row.next() && row.getLong(1) == last ? null : last;
            }
        }
    }

    private int delete(Connection connection, long from, long last, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(delete)) {
            statement.setLong(1, from);
            statement.setLong(2, last);
            return reached(statement.executeUpdate(), limit, last);
        }
    }

    private int deleteUnlocked(Connection connection, long from, long now, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(deleteUnlocked)) {
            statement.setLong(1, from);
            statement.setLong(2, now);
            statement.setLong(3, limit);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return reached(row.getInt(1), limit, row.getLong(2));
            }
        }
    }

    private int reached(int deleted, int limit, long last) {
        reached = deleted == limit ? last : START;
        return deleted;
    }
}
