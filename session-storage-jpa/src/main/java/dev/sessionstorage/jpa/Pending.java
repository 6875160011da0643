package dev.sessionstorage.jpa;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.hibernate.dialect.Dialect;
import org.hibernate.dialect.H2Dialect;
import org.hibernate.dialect.MariaDBDialect;
import org.hibernate.dialect.PostgreSQLDialect;
import org.jspecify.annotations.Nullable;

/**
 * Detects whether a connection without auto-commit has pending work that a commit would persist or release: a change, a row
 * lock, an open result. JDBC has no method for that.
 */
final class Pending {

    private final @Nullable String query;

    private Pending(@Nullable String query) {
        this.query = query;
    }

    static Pending on(Dialect dialect) {
        if (dialect instanceof PostgreSQLDialect) {
            // A transaction that has only read has no id. The unnamed portal is
            // excluded, because the driver uses it for this very query.
            return new Pending("select txid_current_if_assigned() is not null"
                    + " or exists (select 1 from pg_cursors where name <> '' and not is_holdable)");
        }
        if (dialect instanceof H2Dialect) {
            return new Pending(
                    "select contains_uncommitted from information_schema.sessions where session_id = session_id()");
        }
        // Also true if the transaction has only read.
        return new Pending(dialect instanceof MariaDBDialect ? "select @@in_transaction" : null);
    }

    /** Whether work is pending; true also if that is unknown. */
    boolean isOn(Connection connection) throws SQLException {
        if (query == null) {
            return true;
        }
        try (PreparedStatement statement = connection.prepareStatement(query);
                ResultSet result = statement.executeQuery()) {
            return !result.next() || result.getBoolean(1);
        }
    }
}
