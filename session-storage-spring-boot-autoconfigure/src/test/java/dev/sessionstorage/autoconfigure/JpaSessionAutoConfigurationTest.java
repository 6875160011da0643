package dev.sessionstorage.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.Session;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionId;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.autoconfigure.elsewhere.Note;
import dev.sessionstorage.jpa.JpaSessionDataRepository;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jpa.EntityManagerFactoryBuilder;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** How the entity, the table and the connection are found, on H2. */
@ExtendWith(OutputCaptureExtension.class)
class JpaSessionAutoConfigurationTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    HibernateJpaAutoConfiguration.class,
                    JpaSessionAutoConfiguration.class,
                    SessionAutoConfiguration.class))
            .withPropertyValues("spring.datasource.url=" + memory());

    @Test
    void sessionsAreKeptInTheDatabaseUnderTheirHash() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(JpaSessionDataRepository.class);
            Session session = commitOne(context.getBean(SessionStorage.class));
            assertThat(ids(context.getBean(DataSource.class), "session_data"))
                    .containsExactly(SessionId.hash(session.id()));
        });
    }

    @Test
    void theEntityIsFoundWithAnEntityScanElsewhere() {
        runner.withUserConfiguration(ScanElsewhere.class).run(context -> {
            EntityManagerFactory factory = context.getBean(EntityManagerFactory.class);
            assertThat(factory.getMetamodel().entity(Note.class)).isNotNull();
            commitOne(context.getBean(SessionStorage.class));
        });
    }

    @Test
    void withTwoDataSourcesThePrimaryOneKeepsTheSessions() {
        runner.withUserConfiguration(TwoDataSources.class).run(context -> {
            commitOne(context.getBean(SessionStorage.class));
            assertThat(ids(context.getBean("first", DataSource.class), "session_data"))
                    .hasSize(1);
        });
    }

    @Test
    void twoEntityManagerFactoriesWithoutAPrimaryOneStopTheStart() {
        runner.withUserConfiguration(TwoEqualDataSources.class)
                .run(context -> assertThat(StartupReport.of(context).getDescription())
                        .contains("There are 2 entity manager factories, firstFactory, secondFactory"));
    }

    @Test
    void memoryCanBeChosenBesideADatabase() {
        runner.withPropertyValues("session.repository=memory").run(context -> {
            assertThat(context).hasSingleBean(InMemorySessionDataRepository.class);
            assertThat(context).doesNotHaveBean(JpaSessionDataRepository.class);
            assertThat(context.getBean(EntityManagerFactory.class)
                            .getMetamodel()
                            .getEntities())
                    .isEmpty();
        });
    }

    @Test
    void anApplicationsOwnRepositoryComesBeforeJpa() {
        runner.withBean("own", SessionDataRepository.class, InMemorySessionDataRepository::new)
                .run(context -> assertThat(context).doesNotHaveBean(JpaSessionDataRepository.class));
    }

    @Test
    void theTablesNameCanBeSet() {
        runner.withPropertyValues("session.jpa.table-name=web_sessions", "spring.jpa.hibernate.ddl-auto=validate")
                .run(context -> {
                    commitOne(context.getBean(SessionStorage.class));
                    assertThat(ids(context.getBean(DataSource.class), "web_sessions"))
                            .hasSize(1);
                });
    }

    @Test
    void theTableCanLiveInAnotherSchema() {
        String url = memory() + ";INIT=create schema if not exists app";
        runner.withPropertyValues(
                        "spring.datasource.url=" + url,
                        "session.jpa.table-name=app.web_sessions",
                        "spring.jpa.hibernate.ddl-auto=none")
                .run(context -> {
                    commitOne(context.getBean(SessionStorage.class));
                    assertThat(ids(context.getBean(DataSource.class), "app.web_sessions"))
                            .hasSize(1);
                });
    }

    @Test
    void aTableNameThatIsNoSqlNameStopsTheStart() {
        runner.withPropertyValues("session.jpa.table-name=a;drop table b")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(SessionStartupException.class)
                        .hasMessageContaining("'a;drop table b'"));
    }

    @Test
    void aNamingStrategyOfTheApplicationDoesNotRenameTheTable() {
        runner.withBean(UpperCaseTables.class)
                .withPropertyValues("spring.jpa.hibernate.ddl-auto=validate")
                .run(context -> commitOne(context.getBean(SessionStorage.class)));
    }

    @Test
    void aMissingTableStopsTheStart() {
        runner.withPropertyValues("session.jpa.initialize-schema=never", "spring.jpa.hibernate.ddl-auto=none")
                .run(context -> {
                    FailureAnalysis report = StartupReport.of(context);
                    assertThat(report.getDescription())
                            .contains("The table 'session_data' of the sessions cannot be read");
                    assertThat(report.getAction()).contains("session.jpa.initialize-schema=always");
                });
    }

    @Test
    void anotherTableOfTheSameNameStopsTheStartAndTheReportDoesNotAdviseWhatIsSet() {
        runner.withPropertyValues(
                        "spring.datasource.url=" + memory() + ";INIT=create table if not exists session_data (id int)",
                        "session.jpa.initialize-schema=always",
                        "spring.jpa.hibernate.ddl-auto=none")
                .run(context -> {
                    FailureAnalysis report = StartupReport.of(context);
                    assertThat(report.getDescription()).contains("Column \"DATA\" not found");
                    assertThat(report.getAction())
                            .contains("set session.jpa.table-name to a name of its own")
                            .doesNotContain("initialize-schema=always");
                });
    }

    @Test
    void aTableThatTheDatabaseRefusesToCreateStopsTheStart() {
        runner.withPropertyValues("session.jpa.table-name=nowhere.session_data", "spring.jpa.hibernate.ddl-auto=none")
                .run(context -> {
                    FailureAnalysis report = StartupReport.of(context);
                    assertThat(report.getDescription())
                            .contains("The table 'nowhere.session_data' of the sessions cannot be created: Schema"
                                    + " \"NOWHERE\" not found");
                    assertThat(report.getAction()).contains("Create its schema");
                });
    }

    @Test
    void aTableNamesKeywordIsNamedAsSuch() {
        runner.withPropertyValues("session.jpa.table-name=order", "spring.jpa.hibernate.ddl-auto=none")
                .run(context -> assertThat(StartupReport.of(context).getAction())
                        .contains("put a name that is a keyword into double quotes"));
    }

    @Test
    void aMaxSizeThatTheTableCannotHoldStopsTheStart() {
        runner.withPropertyValues("session.max-size=1048577B").run(context -> {
            FailureAnalysis report = StartupReport.of(context);
            assertThat(report.getDescription())
                    .isEqualTo("session.max-size is 1048577 bytes, but the data of a session in the table"
                            + " 'session_data' may have 1048576 characters.");
            assertThat(report.getAction())
                    .isEqualTo("Set session.max-size to 1048576B or less, or widen the table's column.");
        });
        runner.withPropertyValues("session.max-size=1MB")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void aDatabaseThatOutlivesTheProcessNeedsASecret(@TempDir Path directory) {
        runner.withPropertyValues("spring.datasource.url=" + file(directory), "session.jpa.initialize-schema=always")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("The session cookie has no secret"));
    }

    @Test
    void h2InAFileIsWarnedAbout(@TempDir Path directory, CapturedOutput output) {
        startOnFile(file(directory));
        assertThat(output).contains("add ;WRITE_DELAY=0");
    }

    @Test
    void h2InAFileWithoutWriteDelayIsNot(@TempDir Path directory, CapturedOutput output) {
        startOnFile(file(directory) + ";WRITE_DELAY=0");
        assertThat(output).doesNotContain("WRITE_DELAY");
    }

    @Test
    void aPoolWithoutAutoCommitKeepsWhatIsCommitted() {
        runner.withPropertyValues("spring.datasource.hikari.auto-commit=false").run(context -> {
            commitOne(context.getBean(SessionStorage.class));
            assertThat(ids(context.getBean(DataSource.class), "session_data")).hasSize(1);
        });
    }

    @Test
    void aPoolOfOneServesASessionInsideATransactionWhichTakesPartInIt() {
        runner.withPropertyValues(
                        "spring.datasource.hikari.maximum-pool-size=1",
                        "spring.datasource.hikari.connection-timeout=1000")
                .withUserConfiguration(ScanElsewhere.class)
                .run(context -> {
                    SessionStorage storage = context.getBean(SessionStorage.class);
                    EntityManager entities = context.getBean(EntityManager.class);
                    TransactionTemplate transaction =
                            new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
                    transaction.executeWithoutResult(status -> {
                        entities.persist(new Note());
                        entities.flush();
                        commitOne(storage);
                        status.setRollbackOnly();
                    });
                    DataSource dataSource = context.getBean(DataSource.class);
                    assertThat(ids(dataSource, "session_data")).isEmpty();
                    transaction.executeWithoutResult(status -> {
                        entities.persist(new Note());
                        entities.flush();
                        commitOne(storage);
                    });
                    assertThat(ids(dataSource, "session_data")).hasSize(1);
                });
    }

    private void startOnFile(String url) {
        runner.withPropertyValues(
                        "spring.datasource.url=" + url,
                        "session.jpa.initialize-schema=always",
                        "session.cookie.secrets=" + SECRET)
                .run(context -> assertThat(context).hasNotFailed());
    }

    private static Session commitOne(SessionStorage storage) {
        Session session = storage.getSession();
        session.set("a", 1);
        storage.commitSession(session);
        return session;
    }

    private static List<@Nullable String> ids(DataSource dataSource, String table) {
        return new JdbcTemplate(dataSource).queryForList("select id from " + table, String.class);
    }

    private static String memory() {
        return "jdbc:h2:mem:" + UUID.randomUUID();
    }

    private static String file(Path directory) {
        return "jdbc:h2:file:" + directory.resolve("sessions");
    }

    @Configuration(proxyBeanMethods = false)
    @EntityScan(basePackageClasses = Note.class)
    static class ScanElsewhere {}

    @Configuration(proxyBeanMethods = false)
    static class TwoDataSources {

        @Bean
        @Primary
        DataSource first() {
            return dataSource();
        }

        @Bean(defaultCandidate = false)
        DataSource second() {
            return dataSource();
        }

        @Bean
        @Primary
        LocalContainerEntityManagerFactoryBean firstFactory(EntityManagerFactoryBuilder builder, DataSource first) {
            return builder.dataSource(first)
                    .packages(Note.class)
                    .persistenceUnit("first")
                    .build();
        }

        @Bean(defaultCandidate = false)
        LocalContainerEntityManagerFactoryBean secondFactory(EntityManagerFactoryBuilder builder) {
            return builder.dataSource(second())
                    .packages(Note.class)
                    .persistenceUnit("second")
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoEqualDataSources {

        @Bean
        @Primary
        DataSource first() {
            return dataSource();
        }

        @Bean
        LocalContainerEntityManagerFactoryBean firstFactory(EntityManagerFactoryBuilder builder, DataSource first) {
            return builder.dataSource(first)
                    .packages(Note.class)
                    .persistenceUnit("first")
                    .build();
        }

        @Bean
        LocalContainerEntityManagerFactoryBean secondFactory(EntityManagerFactoryBuilder builder, DataSource first) {
            return builder.dataSource(first)
                    .packages(Note.class)
                    .persistenceUnit("second")
                    .build();
        }
    }

    static final class UpperCaseTables extends org.hibernate.boot.model.naming.PhysicalNamingStrategyStandardImpl {

        @Override
        public org.hibernate.boot.model.naming.Identifier toPhysicalTableName(
                org.hibernate.boot.model.naming.Identifier name,
                org.hibernate.engine.jdbc.env.spi.JdbcEnvironment environment) {
            return org.hibernate.boot.model.naming.Identifier.toIdentifier("APP_" + name.getText());
        }
    }

    private static DataSource dataSource() {
        return DataSourceBuilder.create()
                .type(HikariDataSource.class)
                .url(memory())
                .build();
    }
}
