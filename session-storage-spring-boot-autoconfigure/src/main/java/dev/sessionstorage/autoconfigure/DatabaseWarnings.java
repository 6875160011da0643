package dev.sessionstorage.autoconfigure;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.boot.jdbc.EmbeddedDatabaseConnection;

/**
 * Warns about settings of the database or its connections that harm sessions, as far as one connection at startup reveals them.
 */
final class DatabaseWarnings {

    private static final Log LOG = LogFactory.getLog(DatabaseWarnings.class);

    /**
     * Queries for the milliseconds since 1970. They are correct for any time zone of the server and the driver, even in the
     * repeated hour when daylight saving time ends.
     */
    private static final Map<DatabaseDriver, String> NOW = Map.of(
            DatabaseDriver.H2, "select extract(epoch from current_timestamp) * 1000",
            DatabaseDriver.POSTGRESQL, "select extract(epoch from clock_timestamp()) * 1000",
            DatabaseDriver.MARIADB, "select timestampdiff(microsecond, '1970-01-01', utc_timestamp(3)) / 1000",
            DatabaseDriver.MYSQL, "select timestampdiff(microsecond, '1970-01-01', utc_timestamp(3)) / 1000");

    private static final Duration CLOCKS_MAY_DIFFER = Duration.ofSeconds(5);
    private static final String WRITE_DELAY =
            "select setting_value from information_schema.settings where setting_name = 'WRITE_DELAY'";
    private static final String GALERA = "select @@global.wsrep_on and not (@@session.wsrep_sync_wait & 1)";

    private DatabaseWarnings() {}

    static void log(DataSource dataSource, Clock clock) {
        if (EmbeddedDatabaseConnection.isEmbedded(dataSource)) {
            return;
        }
        try (Connection connection = dataSource.getConnection()) {
            DatabaseDriver database =
                    DatabaseDriver.fromProductName(connection.getMetaData().getDatabaseProductName());
            warnOfClocks(connection, database, clock);
            switch (database) {
                case H2 -> warnOfWriteDelay(connection);
                case POSTGRESQL -> warnOfSocketTimeout(connection);
                case MARIADB, MYSQL -> {
                    warnOfSocketTimeout(connection);
                    warnOfGalera(connection);
                }
                default -> LOG.debug("No checks for " + database);
            }
        } catch (SQLException e) {
            LOG.debug("The settings of the sessions' database cannot be read", e);
        }
    }

    private static void warnOfClocks(Connection connection, DatabaseDriver database, Clock clock) throws SQLException {
        long before = clock.millis();
        String now = text(connection, NOW.get(database));
        if (now == null) {
            return;
        }
        Duration ahead = Duration.ofMillis((before + clock.millis()) / 2 - (long) Double.parseDouble(now));
        if (ahead.abs().compareTo(CLOCKS_MAY_DIFFER) > 0) {
            LOG.warn("This node's clock is " + ahead.abs().toSeconds() + " s "
                    + (ahead.isNegative() ? "behind" : "ahead of")
                    + " the database's: nodes with different clocks end each other's sessions too early or too"
                    + " late. Synchronize them by NTP");
        }
    }

    /** Unless told otherwise, H2 acknowledges a commit up to half a second before it is on disk (measured). */
    private static void warnOfWriteDelay(Connection connection) throws SQLException {
        if (!"0".equals(text(connection, WRITE_DELAY))) {
            LOG.warn("H2 writes with a delay, so what happened to sessions just before a crash is undone: changes and"
                    + " logins are lost, and sessions that were logged out are there again: add ;WRITE_DELAY=0 to"
                    + " its URL");
        }
    }

    private static void warnOfSocketTimeout(Connection connection) throws SQLException {
        if (connection.getNetworkTimeout() == 0) {
            LOG.warn("Connections to the database have no socketTimeout: requests whose connection goes silent wait for"
                    + " ever. Add one to its URL that is longer than the slowest statement, such as"
                    + " socketTimeout=30 (seconds) for PostgreSQL or socketTimeout=30000 (milliseconds) for"
                    + " MariaDB and MySQL");
        }
    }

    /** These variables exist only on MariaDB with Galera. */
    private static void warnOfGalera(Connection connection) {
        try {
            if ("1".equals(text(connection, GALERA))) {
                LOG.warn("This Galera cluster reads stale sessions after a write on another node: set"
                        + " wsrep_sync_wait=1, for these connections by sessionVariables=wsrep_sync_wait=1 in"
                        + " their URL");
            }
        } catch (SQLException e) {
            LOG.debug("No Galera cluster", e);
        }
    }

    private static @Nullable String text(Connection connection, @Nullable String sql) throws SQLException {
        if (sql == null) {
            return null;
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
