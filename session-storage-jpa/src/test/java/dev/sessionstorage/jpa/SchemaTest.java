package dev.sessionstorage.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.ui.LoggerUIService;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts in the jar create the table that the entity is mapped to. */
class SchemaTest {

    private static final Set<String> INDEXES = Set.of("session_data_principal", "session_data_expires");
    private static final Logger LIQUIBASE = Logger.getLogger("liquibase");

    @BeforeAll
    static void quietenLiquibase() {
        LIQUIBASE.setLevel(Level.WARNING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "postgresql"})
    void eachWayMakesTheTable(String vendor) throws Exception {
        checkEachWay(vendor, vendor);
    }

    /** Also tests the script for MySQL: no MySQL server is available, and MariaDB understands the script. */
    @ParameterizedTest
    @ValueSource(strings = {"mariadb", "mysql"})
    @Tag("mariadb")
    void eachWayMakesTheTableOnMariadb(String script) throws Exception {
        checkEachWay("mariadb", script);
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "mariadb", "mysql", "postgresql"})
    void theFlywayMigrationIsTheSchemaScript(String vendor) {
        assertThat(Persistence.resource("db/session-storage/flyway/" + vendor + "/R__session_data.sql"))
                .isEqualTo(Persistence.schema(vendor));
    }

    @Test
    void flywaysDefaultLocationDoesNotHaveTheMigration() {
        DatabaseSettings settings = TestDatabases.h2();
        Flyway flyway = Flyway.configure()
                .dataSource(settings.url(), settings.username(), settings.password())
                .load();

        assertThat(flyway.info().all()).isEmpty();
    }

    /**
     * The index leaves out the sessions without a principal. PostgreSQL must use it even though the principal is a parameter.
     */
    @Test
    void postgresqlFindsAPrincipalsSessionsByTheirIndex() throws SQLException {
        DatabaseSettings settings = TestDatabases.postgresql();
        settings.execute(Persistence.schema("postgresql"));
        try (Connection connection = settings.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set plan_cache_mode = force_generic_plan; set enable_seqscan = off;"
                    + " prepare find(varchar) as select id from session_data where principal = $1");
            try (ResultSet plan = statement.executeQuery("explain execute find('robin')")) {
                plan.next();
                assertThat(plan.getString(1)).contains("session_data_principal");
            }
        }
    }

    @Test
    void aColumnThatWasWidenedHoldsMore() {
        DatabaseSettings settings = TestDatabases.postgresql();
        settings.execute(Persistence.schema("postgresql") + "alter table session_data alter data type text");
        try (Persistence persistence = Persistence.existing(settings, Map.of())) {
            assertThat(new JpaSessionDataRepository(persistence.factory, Clock.systemUTC()).maxDataLength())
                    .isEqualTo(Integer.MAX_VALUE);
        }
    }

    private static void checkEachWay(String vendor, String script) throws Exception {
        DatabaseSettings scripted = newDatabase(vendor);
        scripted.execute(Persistence.schema(script));
        scripted.execute(Persistence.schema(script));
        check(scripted);

        DatabaseSettings flyway = newDatabase(vendor);
        assertThat(migrate(flyway, script)).isEqualTo(1);
        assertThat(migrate(flyway, script)).isZero();
        check(flyway);

        DatabaseSettings liquibase = newDatabase(vendor);
        update(liquibase);
        update(liquibase);
        check(liquibase);
    }

    private static DatabaseSettings newDatabase(String vendor) {
        return switch (vendor) {
            case "h2" -> TestDatabases.h2();
            case "postgresql" -> TestDatabases.postgresql();
            default -> TestDatabases.mariadb();
        };
    }

    private static int migrate(DatabaseSettings settings, String script) {
        return Flyway.configure()
                .dataSource(settings.url(), settings.username(), settings.password())
                .locations("classpath:db/session-storage/flyway/" + script)
                .load()
                .migrate()
                .migrationsExecuted;
    }

    private static void update(DatabaseSettings settings) throws Exception {
        try (Connection connection = settings.connect()) {
            Database database =
                    DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
            try (Liquibase liquibase = new Liquibase(
                    "db/session-storage/liquibase/session-storage.yaml", new ClassLoaderResourceAccessor(), database)) {
                Scope.child(Scope.Attr.ui, new LoggerUIService(), () -> liquibase.update(new Contexts()));
            }
        }
    }

    /** Checks that Hibernate accepts the table and adds nothing to it, and that the indexes exist. */
    private static void check(DatabaseSettings settings) throws SQLException {
        assertThat(indexes(settings)).containsAll(INDEXES);
        Map<String, Object> validate = Map.of("hibernate.hbm2ddl.auto", "validate");
        try (Persistence validated = Persistence.existing(settings, validate)) {
            assertThat(new JpaSessionDataRepository(validated.factory, Clock.systemUTC()).maxDataLength())
                    .isEqualTo(settings.vendor().equals("mariadb") ? 16_777_215 : 1_048_576);
        }
        Map<String, Object> update = Map.of("hibernate.hbm2ddl.auto", "update");
        try (Persistence updated = Persistence.existing(settings, update)) {
            assertThat(updated.dataSource.statements())
                    .noneMatch(sql -> sql.toLowerCase(Locale.ROOT).contains("session_data"));
        }
    }

    private static Set<String> indexes(DatabaseSettings settings) throws SQLException {
        Set<String> names = new TreeSet<>();
        try (Connection connection = settings.connect()) {
            for (String table : new String[] {"session_data", "SESSION_DATA"}) {
                try (ResultSet result =
                        connection.getMetaData().getIndexInfo(connection.getCatalog(), null, table, false, false)) {
                    while (result.next()) {
                        names.add(result.getString("INDEX_NAME").toLowerCase(Locale.ROOT));
                    }
                }
            }
        }
        return names;
    }
}
