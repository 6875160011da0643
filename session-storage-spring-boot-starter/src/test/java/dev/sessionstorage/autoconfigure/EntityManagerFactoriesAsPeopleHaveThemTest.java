package dev.sessionstorage.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.JpaSessionDataRepository;
import dev.sessionstorage.jpa.TestDatabases;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.TransactionManager;

/** One or two entity manager factories that the application defines itself. */
class EntityManagerFactoriesAsPeopleHaveThemTest {

    private static final DatabaseSettings FIRST = TestDatabases.h2();
    private static final DatabaseSettings SECOND = TestDatabases.h2();
    private static final DatabaseSettings THIRD = TestDatabases.h2();

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    HibernateJpaAutoConfiguration.class,
                    JpaSessionAutoConfiguration.class,
                    SessionAutoConfiguration.class))
            .withPropertyValues(
                    "session.jpa.table-name=web_sessions",
                    "session.jpa.initialize-schema=always",
                    "session.cookie.secrets=0123456789abcdef0123456789abcdef");

    @Test
    void thePrimaryOneOfTwoKeepsTheSessionsInTheTableThatIsSet() {
        runner.withUserConfiguration(PrimaryFactory.class, OtherFactory.class).run(context -> {
            commitOne(context.getBean(SessionStorage.class));
            assertThat(count(FIRST)).isEqualTo(1);
            assertThat(new JdbcTemplate(dataSource(SECOND)).queryForList("show tables"))
                    .isEmpty();
            assertThat(context.getBean("otherFactory", EntityManagerFactory.class)
                            .getMetamodel()
                            .getEntities())
                    .isEmpty();
        });
    }

    @Test
    void theOnlyOneThatIsNoFallbackKeepsTheSessions() {
        runner.withUserConfiguration(FallbackFactory.class, ThirdFactory.class).run(context -> {
            commitOne(context.getBean(SessionStorage.class));
            assertThat(count(THIRD)).isEqualTo(1);
        });
    }

    @Test
    void twoOfWhichNoneIsPrimaryStopTheStartWithAReport() {
        runner.withUserConfiguration(OtherFactory.class, ThirdFactory.class).run(context -> {
            FailureAnalysis report = report(context);
            assertThat(report.getDescription())
                    .contains("There are 2 entity manager factories, otherFactory, thirdFactory, and none of them is"
                            + " primary");
            assertThat(report.getAction()).contains("@Primary").contains("session.repository");
        });
    }

    @Test
    void twoOfWhichNoneIsPrimaryDoNotMatterToAnotherRepository() {
        runner.withUserConfiguration(OtherFactory.class, ThirdFactory.class)
                .withBean(TransactionManager.class, () -> new TransactionManager() {})
                .withPropertyValues("session.repository=memory")
                .run(context -> assertThat(context).hasSingleBean(InMemorySessionDataRepository.class));
    }

    @Test
    void oneThatSpringHasNotMadeStopsTheStartWithAReport() {
        runner.withUserConfiguration(NotSprings.class).run(context -> {
            FailureAnalysis report = report(context);
            assertThat(report.getDescription())
                    .contains("The entity manager factory 'notSprings' does not know the sessions' entity");
            assertThat(report.getAction())
                    .contains("LocalContainerEntityManagerFactoryBean")
                    .contains("JpaSessionDataRepository.managedClassNames()");
        });
    }

    @Test
    void oneThatSpringHasNotMadeCannotHaveAnotherTable() {
        runner.withUserConfiguration(NotSpringsWithTheEntity.class).run(context -> {
            FailureAnalysis report = report(context);
            assertThat(report.getDescription()).contains("session.jpa.table-name is 'web_sessions', but");
            assertThat(report.getAction()).contains("remove session.jpa.table-name");
        });
    }

    @Test
    void oneThatSpringHasNotMadeKeepsTheSessionsIfItKnowsTheEntity() {
        runner.withUserConfiguration(NotSpringsWithTheEntity.class)
                .withPropertyValues("session.jpa.table-name=session_data")
                .run(context -> commitOne(context.getBean(SessionStorage.class)));
    }

    @Test
    void oneThatIsNotHibernatesStopsTheStartWithAReport() {
        runner.withUserConfiguration(NotHibernates.class)
                .withBean(TransactionManager.class, () -> new TransactionManager() {})
                .run(context -> assertThat(report(context).getDescription())
                        .isEqualTo("The entity manager factory 'notHibernates' is not Hibernate's."));
    }

    private static FailureAnalysis report(AssertableApplicationContext context) {
        Throwable failure = Objects.requireNonNull(context.getStartupFailure(), "the application started");
        return Objects.requireNonNull(new SessionStartupFailureAnalyzer().analyze(failure), failure::toString);
    }

    private static void commitOne(SessionStorage storage) {
        Session session = storage.getSession();
        session.set("a", 1);
        storage.commitSession(session);
    }

    private static int count(DatabaseSettings database) {
        return Objects.requireNonNull(new JdbcTemplate(dataSource(database))
                .queryForObject("select count(*) from web_sessions", Integer.class));
    }

    private static DataSource dataSource(DatabaseSettings database) {
        return new DriverManagerDataSource(database.url(), database.username(), database.password());
    }

    private static LocalContainerEntityManagerFactoryBean factory(DatabaseSettings database, String unit) {
        LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
        factory.setDataSource(dataSource(database));
        factory.setPersistenceUnitName(unit);
        factory.setManagedTypes(PersistenceManagedTypes.of(List.of(), List.of()));
        factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        factory.setJpaPropertyMap(Map.of("hibernate.hbm2ddl.auto", "validate"));
        return factory;
    }

    static class PrimaryFactory {

        @Bean
        @Primary
        LocalContainerEntityManagerFactoryBean primaryFactory() {
            return factory(FIRST, "first");
        }
    }

    static class FallbackFactory {

        @Bean
        @Fallback
        LocalContainerEntityManagerFactoryBean fallbackFactory() {
            return factory(FIRST, "first");
        }
    }

    static class OtherFactory {

        @Bean
        LocalContainerEntityManagerFactoryBean otherFactory() {
            return factory(SECOND, "other");
        }
    }

    static class ThirdFactory {

        @Bean
        LocalContainerEntityManagerFactoryBean thirdFactory() {
            return factory(THIRD, "third");
        }
    }

    static class NotSpringsWithTheEntity {

        @Bean
        EntityManagerFactory notSprings() throws ClassNotFoundException {
            Configuration configuration = new Configuration();
            configuration.getProperties().put("hibernate.connection.datasource", dataSource(TestDatabases.h2()));
            configuration.getProperties().put("hibernate.hbm2ddl.auto", "create");
            for (String type : JpaSessionDataRepository.managedClassNames()) {
                configuration.addAnnotatedClass(Class.forName(type));
            }
            return configuration.buildSessionFactory();
        }
    }

    static class NotHibernates {

        @Bean
        EntityManagerFactory notHibernates() {
            return (EntityManagerFactory) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {EntityManagerFactory.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "unwrap" -> throw new PersistenceException("another provider's");
                        case "hashCode" -> 1;
                        case "equals" -> proxy == arguments[0];
                        case "isOpen" -> true;
                        default -> null;
                    });
        }
    }

    static class NotSprings {

        @Bean
        EntityManagerFactory notSprings() {
            Configuration configuration = new Configuration();
            configuration.getProperties().put("hibernate.connection.datasource", dataSource(FIRST));
            return configuration.buildSessionFactory();
        }
    }
}
