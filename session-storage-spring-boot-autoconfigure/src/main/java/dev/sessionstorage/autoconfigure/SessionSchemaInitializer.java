package dev.sessionstorage.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.jdbc.init.PlatformPlaceholderDatabaseDriverResolver;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.DatabaseInitializationSettings;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;

/** Creates the sessions' table at startup as {@code session.jpa.initialize-schema} says, before Hibernate looks at it. */
final class SessionSchemaInitializer extends DataSourceScriptDatabaseInitializer {

    private static final String SCRIPT = "optional:classpath:dev/sessionstorage/jpa/schema-@@platform@@.sql";

    private final SessionTable table;

    SessionSchemaInitializer(DataSource dataSource, DatabaseInitializationMode mode, SessionTable table) {
        super(dataSource, settings(dataSource, mode));
        this.table = table;
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
        List<Resource> renamed = new ArrayList<>();
        for (Resource script : scripts) {
            renamed.add(renamed(script));
        }
        super.runScripts(new Scripts(renamed));
    }

    private Resource renamed(Resource script) {
        try {
            String sql = table.rename(script.getContentAsString(StandardCharsets.UTF_8));
            return new ByteArrayResource(sql.getBytes(StandardCharsets.UTF_8), script.getDescription());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
