package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.jpa.JpaSessionDataRepository;
import jakarta.persistence.EntityManagerFactory;
import java.time.Clock;
import javax.sql.DataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.boot.jdbc.EmbeddedDatabaseConnection;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Keeps sessions in the database of the application's (primary) entity manager factory. */
@AutoConfiguration(after = HibernateJpaAutoConfiguration.class, before = SessionAutoConfiguration.class)
@ConditionalOnClass({JpaSessionDataRepository.class, HibernatePropertiesCustomizer.class, EntityManagerHolder.class})
@ConditionalOnProperty(name = "session.repository", havingValue = "jpa", matchIfMissing = true)
@ConditionalOnBean(EntityManagerFactory.class)
@ConditionalOnMissingBean(SessionDataRepository.class)
@EnableConfigurationProperties(SessionProperties.class)
@Import(DatabaseInitializationDependencyConfigurer.class)
public final class JpaSessionAutoConfiguration {

    private static final Log LOG = LogFactory.getLog(JpaSessionAutoConfiguration.class);

    JpaSessionAutoConfiguration() {}

    /** Comes last, so that it sees what the application's own customizers have set. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    HibernatePropertiesCustomizer sessionEntity(SessionProperties properties) {
        SessionTable table = new SessionTable(properties.jpa().tableName());
        return table::addTo;
    }

    @Bean
    @ConditionalOnSingleCandidate(DataSource.class)
    @ConditionalOnMissingBean
    SessionSchemaInitializer sessionSchemaInitializer(DataSource dataSource, SessionProperties properties) {
        return new SessionSchemaInitializer(
                dataSource,
                DatabaseInitializationMode.valueOf(
                        properties.jpa().initializeSchema().name()),
                new SessionTable(properties.jpa().tableName()));
    }

    @Bean
    JpaSessionDataRepository jpaSessionDataRepository(
            EntityManagerFactory factory, ObjectProvider<Clock> clock, SessionProperties properties) {
        JpaSessionDataRepository repository = new JpaSessionDataRepository(
                factory.unwrap(SessionFactory.class), clock.getIfUnique(Clock::systemUTC), () -> current(factory));
        new SessionTable(properties.jpa().tableName()).check(repository, properties.maxSize());
        warnOfTenants(factory, properties.cleanup());
        return repository;
    }

    @Bean
    SessionStoreDurability sessionStoreDurability(EntityManagerFactory factory) {
        DataSource dataSource = dataSource(factory);
        if (dataSource == null) {
            return new SessionStoreDurability(true);
        }
        H2WriteDelay.warn(dataSource);
        return new SessionStoreDurability(!EmbeddedDatabaseConnection.isEmbedded(dataSource));
    }

    private static void warnOfTenants(EntityManagerFactory factory, SessionProperties.Cleanup cleanup) {
        boolean tenants = factory.unwrap(SessionFactoryImplementor.class)
                .getSessionFactoryOptions()
                .isMultiTenancyEnabled();
        if (tenants && !cleanup.interval().isZero()) {
            LOG.warn("Expired sessions are deleted for the default tenant only: set session.cleanup.interval=0 and call"
                    + " JpaSessionDataRepository.deleteExpired for each tenant");
        }
    }

    private static @Nullable DataSource dataSource(EntityManagerFactory factory) {
        return factory instanceof EntityManagerFactoryInfo info ? info.getDataSource() : null;
    }

    /** The Hibernate session of the caller's transaction or open view. */
    private static @Nullable Session current(EntityManagerFactory factory) {
        return TransactionSynchronizationManager.getResource(factory) instanceof EntityManagerHolder holder
                ? holder.getEntityManager().unwrap(Session.class)
                : null;
    }
}
