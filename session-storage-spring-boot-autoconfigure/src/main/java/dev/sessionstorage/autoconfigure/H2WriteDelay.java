package dev.sessionstorage.autoconfigure;

import javax.sql.DataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.boot.jdbc.EmbeddedDatabaseConnection;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/** H2 in a file acknowledges a commit up to half a second before it is on the disk, unless told otherwise (measured). */
final class H2WriteDelay {

    private static final Log LOG = LogFactory.getLog(H2WriteDelay.class);

    private H2WriteDelay() {}

    static void warn(DataSource dataSource) {
        if (!isH2(dataSource) || EmbeddedDatabaseConnection.isEmbedded(dataSource)) {
            return;
        }
        boolean delayed = new JdbcTemplate(dataSource)
                        .queryForList(
                                "select setting_value from information_schema.settings where setting_name = 'WRITE_DELAY'",
                                String.class)
                        .stream()
                        .noneMatch("0"::equals);
        if (delayed) {
            LOG.warn("H2 writes with a delay, so sessions committed just before a crash are lost: add ;WRITE_DELAY=0 to"
                    + " its URL");
        }
    }

    private static boolean isH2(DataSource dataSource) {
        try {
            String product =
                    JdbcUtils.extractDatabaseMetaData(dataSource, metaData -> metaData.getDatabaseProductName());
            return DatabaseDriver.fromProductName(product) == DatabaseDriver.H2;
        } catch (MetaDataAccessException e) {
            throw new IllegalStateException("The sessions' database does not say which product it is", e);
        }
    }
}
