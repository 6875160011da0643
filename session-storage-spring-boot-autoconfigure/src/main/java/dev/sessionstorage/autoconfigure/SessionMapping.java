package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.jpa.JpaSessionDataRepository;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.cfg.SchemaToolingSettings;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.integrator.spi.Integrator;
import org.hibernate.mapping.Table;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.sql.init.DatabaseInitializationMode;

/**
 * Names and creates the session table while Hibernate starts: after Hibernate knows the application's naming strategy, quoting
 * and default schema, and before it inspects the tables itself.
 */
final class SessionMapping implements Integrator {

    private static final Log LOG = LogFactory.getLog(SessionMapping.class);

    static final String ENTITY = JpaSessionDataRepository.managedClassNames().get(0);

    /** The values of {@code spring.jpa.hibernate.ddl-auto}, or of JPA's own setting, that create tables. */
    private static final Set<String> CREATING =
            Set.of("create", "create-only", "create-drop", "drop-and-create", "update");

    private final SessionProperties.Jpa properties;
    private final SessionTable table;
    private final Supplier<@Nullable DataSource> dataSource;

    /**
     * Takes a supplier, because the data source is known only when Hibernate starts. Without a data source nothing is created.
     */
    SessionMapping(SessionProperties.Jpa properties, Supplier<@Nullable DataSource> dataSource) {
        this.properties = properties;
        this.table = new SessionTable(properties.tableName());
        this.dataSource = dataSource;
    }

    @Override
    public void integrate(Metadata metadata, BootstrapContext context, SessionFactoryImplementor hibernate) {
        table.nameIn(metadata, hibernate.getJdbcServices().getJdbcEnvironment());
        table.checkIsOwn(metadata, hibernate);
        Table named = metadata.getEntityBinding(ENTITY).getTable();
        DataSource target = dataSource.get();
        if (target != null) {
            create(hibernate, target, script -> table.rename(script, hibernate, named));
        }
    }

    private void create(SessionFactoryImplementor hibernate, DataSource target, UnaryOperator<String> names) {
        SessionSchemaInitializer initializer = new SessionSchemaInitializer(
                target,
                DatabaseInitializationMode.valueOf(properties.initializeSchema().name()),
                names);
        String action = String.valueOf(setting(
                hibernate, SchemaToolingSettings.JAKARTA_HBM2DDL_DATABASE_ACTION, SchemaToolingSettings.HBM2DDL_AUTO));
        try {
            initializer.initializeDatabase();
        } catch (SessionStartupException e) {
            if (!CREATING.contains(action) || !createsSchemas(hibernate)) {
                throw e;
            }
            LOG.debug("Hibernate is about to create the table and its schema", e);
        }
        if (action.equals("validate") && !initializer.isTableThere()) {
            throw SessionTableCheck.missing(properties);
        }
    }

    private static boolean createsSchemas(SessionFactoryImplementor hibernate) {
        return Boolean.parseBoolean(String.valueOf(setting(
                hibernate,
                SchemaToolingSettings.JAKARTA_HBM2DDL_CREATE_SCHEMAS,
                "hibernate.hbm2ddl.create_namespaces")));
    }

    /** Returns JPA's own setting, or Hibernate's if that is unset. */
    private static @Nullable Object setting(SessionFactoryImplementor hibernate, String ofJpa, String ofHibernate) {
        Object set = hibernate.getProperties().get(ofJpa);
        return set != null ? set : hibernate.getProperties().get(ofHibernate);
    }
}
