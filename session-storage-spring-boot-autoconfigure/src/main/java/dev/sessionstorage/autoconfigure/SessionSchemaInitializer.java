package dev.sessionstorage.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.jdbc.init.PlatformPlaceholderDatabaseDriverResolver;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.DatabaseInitializationSettings;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.init.ScriptException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Creates the session table at startup as {@code session.jpa.initialize-schema} says, before Hibernate looks at it. If the
 * table exists, no script runs: on PostgreSQL even {@code create index if not exists} locks the table against writes.
 */
final class SessionSchemaInitializer extends DataSourceScriptDatabaseInitializer {

    private static final String SCRIPT = "optional:classpath:dev/sessionstorage/jpa/schema-@@platform@@.sql";

    private final UnaryOperator<String> names;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;

    /** Renames the table and its indexes in each script with the given function. */
    SessionSchemaInitializer(DataSource dataSource, DatabaseInitializationMode mode, UnaryOperator<String> names) {
        super(dataSource, settings(dataSource, mode));
        this.names = names;
        this.jdbc = new JdbcTemplate(dataSource);
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    }

    private static DatabaseInitializationSettings settings(DataSource dataSource, DatabaseInitializationMode mode) {
        DatabaseInitializationSettings settings = new DatabaseInitializationSettings();
        settings.setMode(mode);
        if (mode != DatabaseInitializationMode.NEVER) {
            settings.setSchemaLocations(new PlatformPlaceholderDatabaseDriverResolver().resolveAll(dataSource, SCRIPT));
        }
        return settings;
    }

    @Override
    protected void runScripts(Scripts scripts) {
        if (isTableThere()) {
            return;
        }
        try {
            // One transaction for the table and its indexes, where the database
            // supports it: an existing table is then complete.
            transaction.executeWithoutResult(status -> runRenamed(scripts));
        } catch (RuntimeException e) {
            // Another node may have created it concurrently.
            if (!isTableThere()) {
                throw notCreated(e);
            }
        }
    }

    /** Only a failed script is reported this way, not an unreachable database. */
    private RuntimeException notCreated(RuntimeException e) {
        return e instanceof ScriptException
                ? new SessionStartupException(
                        "The table '" + names.apply("session_data") + "' of the sessions cannot be created: "
                                + NestedExceptionUtils.getMostSpecificCause(e).getMessage(),
                        "Create its schema if that is missing, put a name that is a keyword into double quotes in"
                                + " session.jpa.table-name, and let the user of the database create tables, or create it"
                                + " yourself and set session.jpa.initialize-schema=never.",
                        e)
                : e;
    }

    boolean isTableThere() {
        String look = names.apply("select id from session_data where 1 = 0");
        try {
            transaction.executeWithoutResult(status -> jdbc.execute(look));
            return true;
        } catch (BadSqlGrammarException e) {
            return false;
        }
    }

    private void runRenamed(Scripts scripts) {
        List<Resource> renamed = new ArrayList<>();
        for (Resource script : scripts) {
            renamed.add(renamed(script));
        }
        super.runScripts(new Scripts(renamed));
    }

    private Resource renamed(Resource script) {
        try {
            String sql = names.apply(script.getContentAsString(StandardCharsets.UTF_8));
            return new ByteArrayResource(sql.getBytes(StandardCharsets.UTF_8), script.getDescription());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
