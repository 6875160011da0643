package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.jpa.JpaSessionDataRepository;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.integrator.spi.Integrator;
import org.hibernate.mapping.Table;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.sql.init.DatabaseInitializationMode;

/**
 * Names and creates the sessions' table while Hibernate starts: after it knows the application's naming strategy, quotes and
 * default schema, and before it looks at the tables itself.
 */
final class SessionMapping implements Integrator {

    static final String ENTITY = JpaSessionDataRepository.managedClassNames().get(0);

    private final SessionTable table;
    private final DatabaseInitializationMode mode;
    private final Supplier<@Nullable DataSource> dataSource;

    /** With a data source that is known by the time that Hibernate starts; without one nothing is created. */
    SessionMapping(SessionProperties.Jpa properties, Supplier<@Nullable DataSource> dataSource) {
        this.table = new SessionTable(properties.tableName());
        this.mode =
                DatabaseInitializationMode.valueOf(properties.initializeSchema().name());
        this.dataSource = dataSource;
    }

    @Override
    public void integrate(Metadata metadata, BootstrapContext context, SessionFactoryImplementor hibernate) {
        table.nameIn(metadata, hibernate.getJdbcServices().getJdbcEnvironment());
        Table named = metadata.getEntityBinding(ENTITY).getTable();
        DataSource target = dataSource.get();
        if (target != null) {
            new SessionSchemaInitializer(target, mode, script -> table.rename(script, hibernate, named))
                    .initializeDatabase();
        }
    }
}
