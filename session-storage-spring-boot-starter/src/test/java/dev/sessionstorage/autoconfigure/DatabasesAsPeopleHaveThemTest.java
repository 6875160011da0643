package dev.sessionstorage.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.Sessions;
import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.JpaSessionDataRepository;
import dev.sessionstorage.jpa.TestDatabases;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.hibernate.Interceptor;
import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.boot.model.naming.PhysicalNamingStrategyStandardImpl;
import org.hibernate.engine.jdbc.env.spi.JdbcEnvironment;
import org.hibernate.integrator.spi.Integrator;
import org.hibernate.jpa.boot.spi.IntegratorProvider;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.ApplicationContext;

/** Sessions added to applications with existing databases, schemas and Hibernate settings. */
class DatabasesAsPeopleHaveThemTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceInitializationAutoConfiguration.class,
                    HibernateJpaAutoConfiguration.class,
                    JpaSessionAutoConfiguration.class,
                    SessionAutoConfiguration.class))
            .withPropertyValues("session.cookie.secrets=" + SECRET, "session.jpa.initialize-schema=always");

    private static final String HIBERNATE = "spring.jpa.properties.hibernate.";
    private static final String TABLE = "session.jpa.table-name=";
    private static final Set<String> SCHEMAS = Set.of("app", "other");

    /** The application's settings and the expected session table. It has a schema, unless that is the connection's. */
    static Stream<Arguments> settings() {
        return Stream.of(
                setting("nothing", "session_data"),
                setting("a default schema", "app.session_data", HIBERNATE + "default_schema=app"),
                setting("a table in another schema", "app.session_data", TABLE + "app.session_data"),
                setting(
                        "a table in another schema than the default one",
                        "other.sessions",
                        HIBERNATE + "default_schema=app",
                        TABLE + "other.sessions"),
                setting("another name", "web_sessions", TABLE + "web_sessions"),
                setting(
                        "a naming strategy that prefixes",
                        "session_data",
                        HIBERNATE + "physical_naming_strategy=" + Prefixes.class.getName()),
                setting(
                        "a naming strategy that makes upper case, and quotes",
                        "session_data",
                        HIBERNATE + "physical_naming_strategy=" + QuotedUpperCase.class.getName()),
                setting(
                        "Hibernate's standard naming strategy",
                        "session_data",
                        "spring.jpa.hibernate.naming.physical-strategy="
                                + PhysicalNamingStrategyStandardImpl.class.getName()),
                setting("quotes everywhere", "session_data", HIBERNATE + "globally_quoted_identifiers=true"),
                setting(
                        "quotes everywhere, and another name in another schema",
                        "app.web_sessions",
                        HIBERNATE + "globally_quoted_identifiers=true",
                        TABLE + "app.web_sessions"),
                setting(
                        "quotes everywhere but in column definitions",
                        "session_data",
                        HIBERNATE + "globally_quoted_identifiers=true",
                        HIBERNATE + "globally_quoted_identifiers_skip_column_definitions=true"),
                setting("quotes around keywords", "session_data", HIBERNATE + "auto_quote_keyword=true"),
                setting("a keyword as the name", "\"order\"", TABLE + "\"order\""),
                setting("mixed case", "\"Session_Data\"", TABLE + "\"Session_Data\""),
                setting("a case-sensitive schema", "\"App\".session_data", TABLE + "\"App\".session_data"),
                setting("upper case", "SESSION_DATA", TABLE + "SESSION_DATA"),
                setting(
                        "scripts after Hibernate",
                        "session_data",
                        "spring.jpa.defer-datasource-initialization=true",
                        "spring.sql.init.mode=always",
                        "spring.sql.init.schema-locations=classpath:customers.sql",
                        "spring.sql.init.continue-on-error=true"),
                setting(
                        "scripts before Hibernate",
                        "session_data",
                        "spring.sql.init.mode=always",
                        "spring.sql.init.schema-locations=classpath:customers.sql",
                        "spring.sql.init.continue-on-error=true"),
                setting(
                        "an integrator, an inspector and an interceptor",
                        "session_data",
                        HIBERNATE + "integrator_provider=" + OwnIntegrators.class.getName(),
                        HIBERNATE + "session_factory.statement_inspector=" + Inspecting.class.getName(),
                        HIBERNATE + "session_factory.interceptor=" + EmptyInterceptor.class.getName()),
                setting(
                        "batches",
                        "session_data",
                        HIBERNATE + "jdbc.batch_size=50",
                        HIBERNATE + "order_inserts=true",
                        HIBERNATE + "order_updates=true",
                        HIBERNATE + "jdbc.time_zone=Pacific/Auckland",
                        HIBERNATE + "generate_statistics=true"));
    }

    private static Arguments setting(String name, String table, String... properties) {
        return argumentSet(name, table, List.of(properties));
    }

    @Nested
    class OnH2 {

        @ParameterizedTest(quoteTextArguments = false)
        @MethodSource("dev.sessionstorage.autoconfigure.DatabasesAsPeopleHaveThemTest#settings")
        void sessionsWorkWhateverHibernateDoesToTheSchema(String table, List<String> properties) {
            check(TestDatabases.h2(), table, properties);
        }
    }

    /** MariaDB's databases are what others call schemas and Hibernate calls catalogs. */
    @Nested
    @Tag("mariadb")
    class OnMariadb {

        @ParameterizedTest(quoteTextArguments = false)
        @MethodSource("dev.sessionstorage.autoconfigure.DatabasesAsPeopleHaveThemTest#settings")
        void sessionsWorkWhateverHibernateDoesToTheSchema(String table, List<String> properties) {
            List<String> catalogs = properties.stream()
                    .map(property -> property.replace("default_schema", "default_catalog"))
                    .toList();
            check(TestDatabases.mariadb(), table, catalogs);
        }
    }

    @Nested
    class OnPostgresql {

        @Test
        void aTableThatIsFoundAlongTheSearchPathIsNotMadeAgain() {
            DatabaseSettings database = TestDatabases.postgresql();
            database.execute("create schema app; create schema other");
            DatabaseSettings app = new DatabaseSettings(
                    database.url() + "?currentSchema=app", database.username(), database.password());
            DatabaseSettings both = new DatabaseSettings(
                    database.url() + "?currentSchema=other,app", database.username(), database.password());
            start(app, "none", List.of(), DatabasesAsPeopleHaveThemTest::use);
            start(both, "none", List.of(), context -> {
                use(context);
                assertThat(tables(app)).containsExactly("session_data");
            });
        }

        @ParameterizedTest(quoteTextArguments = false)
        @MethodSource("dev.sessionstorage.autoconfigure.DatabasesAsPeopleHaveThemTest#settings")
        void sessionsWorkWhateverHibernateDoesToTheSchema(String table, List<String> properties) {
            check(TestDatabases.postgresql(), table, properties);
        }
    }

    private void check(DatabaseSettings database, String table, List<String> properties) {
        for (String schema : List.of("app", "other", "\"App\"")) {
            String name = database.vendor().equals("mariadb") ? schema.replace('"', '`') : schema;
            database.execute("drop schema if exists " + name + "; create schema " + name);
        }
        for (String ddl : List.of("validate", "update", "create")) {
            start(database, ddl, properties, context -> {
                use(context);
                assertThat(tables(database)).as(ddl).containsExactly(unquoted(table));
                assertThat(indexes(database, table)).as(ddl).hasSize(3);
            });
        }
    }

    private void start(
            DatabaseSettings database,
            String ddl,
            List<String> properties,
            ContextConsumer<AssertableApplicationContext> consumer) {
        runner.withPropertyValues(
                        "spring.datasource.url=" + database.url(),
                        "spring.datasource.username=" + database.username(),
                        "spring.datasource.password=" + database.password(),
                        "spring.jpa.hibernate.ddl-auto=" + ddl)
                .withPropertyValues(properties.toArray(String[]::new))
                .run(context -> {
                    assertThat(context).as(ddl).hasNotFailed();
                    consumer.accept(context);
                });
    }

    /** Runs every statement of the repository. */
    private static void use(ApplicationContext context) {
        SessionStorage storage = context.getBean(SessionStorage.class);
        Session session = storage.getSession();
        session.set("a", 1);
        session.principal("robin");
        String cookie = storage.commitSession(session).split(";", 2)[0];
        Session again = storage.getSession(cookie);
        again.set("a", 2);
        again.rotateId();
        cookie = storage.commitSession(again).split(";", 2)[0];
        assertThat(storage.getSession(cookie).get("a")).isEqualTo(2);
        Sessions sessions = context.getBean(Sessions.class);
        assertThat(sessions.list("robin", null)).hasSize(1);
        assertThat(sessions.endAll("robin")).isEqualTo(1);
        context.getBean(JpaSessionDataRepository.class).deleteExpired(10);
    }

    private static String unquoted(String table) {
        return table.replace("\"", "").toLowerCase(Locale.ROOT);
    }

    /** Returns the session tables of all schemas, each with its schema unless that is the connection's. */
    private static List<String> tables(DatabaseSettings database) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = database.connect();
                ResultSet columns = connection.getMetaData().getColumns(null, null, null, "%")) {
            while (columns.next()) {
                String schema = schema(columns);
                boolean own =
                        schema.equals(Objects.requireNonNullElse(connection.getSchema(), connection.getCatalog()));
                if (columns.getString("COLUMN_NAME").equalsIgnoreCase("created_at")
                        && (own || SCHEMAS.contains(schema.toLowerCase(Locale.ROOT)))) {
                    names.add(((own ? "" : schema + ".") + columns.getString("TABLE_NAME")).toLowerCase(Locale.ROOT));
                }
            }
        }
        return names;
    }

    private static List<String> indexes(DatabaseSettings database, String table) throws SQLException {
        List<String> names = new ArrayList<>();
        String wanted = unquoted(table);
        try (Connection connection = database.connect()) {
            DatabaseMetaData metaData = connection.getMetaData();
            try (ResultSet tables = metaData.getTables(null, null, "%", new String[] {"TABLE", "BASE TABLE"})) {
                while (tables.next()) {
                    String name = tables.getString("TABLE_NAME");
                    String schema = schema(tables);
                    boolean own =
                            schema.equals(Objects.requireNonNullElse(connection.getSchema(), connection.getCatalog()));
                    if (((own ? "" : schema + ".") + name).equalsIgnoreCase(wanted)) {
                        try (ResultSet indexes = metaData.getIndexInfo(
                                tables.getString("TABLE_CAT"), tables.getString("TABLE_SCHEM"), name, false, false)) {
                            while (indexes.next()) {
                                names.add(indexes.getString("INDEX_NAME"));
                            }
                        }
                    }
                }
            }
        }
        return names;
    }

    private static String schema(ResultSet row) throws SQLException {
        return Objects.requireNonNullElse(row.getString("TABLE_SCHEM"), row.getString("TABLE_CAT"));
    }

    public static final class OwnIntegrators implements IntegratorProvider {

        @Override
        public List<Integrator> getIntegrators() {
            return List.of(new Integrator() {});
        }
    }

    public static final class Inspecting implements StatementInspector {

        private static final long serialVersionUID = 1;

        @Override
        public String inspect(String sql) {
            return sql;
        }
    }

    public static final class EmptyInterceptor implements Interceptor {}

    public static final class Prefixes extends PhysicalNamingStrategyStandardImpl {

        @Override
        public Identifier toPhysicalTableName(Identifier name, JdbcEnvironment environment) {
            return Identifier.toIdentifier("t_" + name.getText());
        }

        @Override
        public Identifier toPhysicalColumnName(Identifier name, JdbcEnvironment environment) {
            return Identifier.toIdentifier("c_" + name.getText());
        }
    }

    public static final class QuotedUpperCase extends PhysicalNamingStrategyStandardImpl {

        @Override
        public Identifier toPhysicalTableName(Identifier name, JdbcEnvironment environment) {
            return Identifier.toIdentifier(name.getText().toUpperCase(Locale.ROOT), true);
        }

        @Override
        public Identifier toPhysicalColumnName(Identifier name, JdbcEnvironment environment) {
            return toPhysicalTableName(name, environment);
        }
    }
}
