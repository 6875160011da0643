package dev.sessionstorage.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.Sessions;
import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.JpaSessionDataRepository;
import dev.sessionstorage.jpa.TestDatabases;
import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;

/** Sessions added to applications with existing entities, converters and schema settings. */
class EntitiesAsPeopleHaveThemTest {

    private static final String DDL = "spring.jpa.hibernate.ddl-auto=";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    HibernateJpaAutoConfiguration.class,
                    JpaSessionAutoConfiguration.class,
                    SessionAutoConfiguration.class))
            .withPropertyValues(
                    "session.cookie.secrets=0123456789abcdef0123456789abcdef", "session.jpa.initialize-schema=always");

    static Stream<DatabaseSettings> databases() {
        return Stream.of(TestDatabases.h2(), TestDatabases.postgresql());
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aConverterOfAllTextsAndNumbersLeavesSessionsAlone(DatabaseSettings database) {
        on(database)
                .withUserConfiguration(Converters.class)
                .withPropertyValues(DDL + "validate")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    use(context);
                });
    }

    /** Spring Boot's naming strategy maps the entity to the table session_data. */
    @ParameterizedTest
    @ValueSource(strings = {"none", "validate", "update", "create"})
    void anEntityWithTheTableOfTheSessionsIsReportedAndKeptAsItIs(String ddl) {
        DatabaseSettings database = TestDatabases.h2();
        database.execute("create table session_data (id bigint primary key, athlete varchar(255));"
                + " insert into session_data values (1, 'eva')");
        on(database)
                .withUserConfiguration(Entities.class)
                .withPropertyValues(DDL + ddl)
                .run(context -> assertThat(report(context))
                        .contains("is that of the application's entity", SessionData.class.getName())
                        .contains("Set session.jpa.table-name"));
        database.execute("insert into session_data (id, athlete) select 2, athlete from session_data where id = 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"update", "create"})
    void withAnotherTableBothWork(String ddl) {
        on(TestDatabases.h2())
                .withUserConfiguration(Entities.class)
                .withPropertyValues(DDL + ddl, "session.jpa.table-name=web_sessions")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    context.getBean(EntityManagerFactory.class)
                            .runInTransaction(entities -> entities.persist(new SessionData()));
                    use(context);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "never, set session.jpa.initialize-schema=always",
        "embedded, set session.jpa.initialize-schema=always",
    })
    void aTableThatHibernateMissesIsReported(String mode, String action) {
        on(TestDatabases.postgresql())
                .withPropertyValues(DDL + "validate", "session.jpa.initialize-schema=" + mode)
                .run(context -> assertThat(report(context))
                        .contains("The table 'session_data' of the sessions is missing.", action));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aSchemaThatHibernateIsToCreateGetsTheTable(DatabaseSettings database) {
        on(database)
                .withPropertyValues(
                        DDL + "update",
                        "spring.jpa.properties.hibernate.default_schema=fresh",
                        "spring.jpa.properties.hibernate.hbm2ddl.create_namespaces=true")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    use(context);
                    database.execute("select id from fresh.session_data");
                });
    }

    @Test
    void aSchemaThatNobodyCreatesIsReported() {
        on(TestDatabases.h2())
                .withPropertyValues(DDL + "update", "spring.jpa.properties.hibernate.default_schema=fresh")
                .run(context -> assertThat(report(context))
                        .contains("cannot be created", "Create its schema if that is missing"));
    }

    private ApplicationContextRunner on(DatabaseSettings database) {
        return runner.withPropertyValues(
                "spring.datasource.url=" + database.url(),
                "spring.datasource.username=" + database.username(),
                "spring.datasource.password=" + database.password());
    }

    /** Returns Spring Boot's failure report. */
    private static String report(AssertableApplicationContext context) {
        Throwable failure = Objects.requireNonNull(context.getStartupFailure());
        FailureAnalysis report =
                Objects.requireNonNull(new SessionStartupFailureAnalyzer().analyze(failure), failure::toString);
        return report.getDescription() + report.getAction();
    }

    private static void use(ApplicationContext context) {
        SessionStorage storage = context.getBean(SessionStorage.class);
        Session session = storage.getSession();
        session.set("a", 1);
        session.principal("robin");
        storage.commitSession(session);
        Sessions sessions = context.getBean(Sessions.class);
        assertThat(sessions.list("robin", session)).hasSize(1);
        assertThat(sessions.endAll("robin")).isEqualTo(1);
        context.getBean(JpaSessionDataRepository.class).deleteExpired(10);
    }

    static class Converters {

        @Bean
        PersistenceManagedTypes types() {
            return PersistenceManagedTypes.of(Marked.class.getName(), Numbers.class.getName());
        }
    }

    static class Entities {

        @Bean
        PersistenceManagedTypes types() {
            return PersistenceManagedTypes.of(SessionData.class.getName());
        }
    }

    @Entity(name = "SessionData")
    public static class SessionData {

        @Id
        private long id;
    }

    /** A converter for all strings, as applications use to trim or encrypt them. */
    @Converter(autoApply = true)
    public static class Marked implements AttributeConverter<String, String> {

        @Override
        public String convertToDatabaseColumn(String attribute) {
            return "marked " + attribute;
        }

        @Override
        public String convertToEntityAttribute(String column) {
            return column.substring("marked ".length());
        }
    }

    @Converter(autoApply = true)
    public static class Numbers implements AttributeConverter<Long, String> {

        @Override
        public String convertToDatabaseColumn(Long attribute) {
            return attribute.toString();
        }

        @Override
        public Long convertToEntityAttribute(String column) {
            return Long.valueOf(column);
        }
    }
}
