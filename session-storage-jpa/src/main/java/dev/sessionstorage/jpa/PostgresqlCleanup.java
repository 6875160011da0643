package dev.sessionstorage.jpa;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Deletes expired sessions on PostgreSQL in the order of their expiries, each batch from where the last one ended. The index
 * keeps the entries of deleted rows until a vacuum, and each batch would walk over all those of the batches before it.
 */
final class PostgresqlCleanup {

    private static final long START = Long.MIN_VALUE;

    private final String delete;
    private volatile long reached = START;

    /** With the SQL of {@link SessionStatements#deleteExpired()}. */
    PostgresqlCleanup(String delete) {
        this.delete = delete;
    }

    /** Goes back to the start before it finds too few: rows that others had locked were passed over. */
    int deleteExpired(Connection connection, long now, int limit) throws SQLException {
        long from = reached;
        int deleted = deleteExpired(connection, from, now, limit);
        return deleted == limit || from == START
                ? deleted
                : deleted + deleteExpired(connection, START, now, limit - deleted);
    }

    private int deleteExpired(Connection connection, long from, long now, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(delete)) {
            statement.setLong(1, from);
            statement.setLong(2, now);
            statement.setLong(3, limit);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                int deleted = row.getInt(1);
                reached = deleted == limit ? row.getLong(2) : START;
                return deleted;
            }
        }
    }
}
