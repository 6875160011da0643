package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.jpa.JpaSessionDataRepository;
import jakarta.persistence.EntityManagerFactory;
import java.time.Clock;
import javax.sql.DataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.hibernate.SessionFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.boot.jdbc.EmbeddedDatabaseConnection;
import org.springframework.context.annotation.Bean;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;
import org.springframework.orm.jpa.EntityManagerHolder;

/** Stores sessions in the database of the application's (primary) entity manager factory. */
@AutoConfiguration(after = HibernateJpaAutoConfiguration.class, before = SessionAutoConfiguration.class)
@ConditionalOnClass({JpaSessionDataRepository.class, HibernatePropertiesCustomizer.class, EntityManagerHolder.class})
@ConditionalOnProperty(name = "session.repository", havingValue = "jpa", matchIfMissing = true)
@ConditionalOnBean(EntityManagerFactory.class)
@ConditionalOnMissingBean(SessionDataRepository.class)
@EnableConfigurationProperties(SessionProperties.class)
public final class JpaSessionAutoConfiguration {

    private static final Log LOG = LogFactory.getLog(JpaSessionAutoConfiguration.class);

    JpaSessionAutoConfiguration() {}

    @Bean
    static SessionEntity sessionEntity(ConfigurableListableBeanFactory beans) {
        return new SessionEntity(beans);
    }

    @Bean
    JpaSessionDataRepository jpaSessionDataRepository(
            SessionEntity entity, ObjectProvider<Clock> clock, SessionProperties properties) {
        EntityManagerFactory factory = entity.factory();
        JpaSessionDataRepository repository = new JpaSessionDataRepository(
                factory.unwrap(SessionFactory.class),
                clock.getIfUnique(Clock::systemUTC),
                new BoundConnections(factory, isMultiTenant(factory) ? null : dataSource(factory)));
        SessionTableCheck.check(repository, properties.jpa(), properties.maxSize());
        warnOfTenants(factory, properties.cleanup());
        return repository;
    }

    @Bean
    SessionStoreDurability sessionStoreDurability(SessionEntity entity, ObjectProvider<Clock> clock) {
        DataSource dataSource = dataSource(entity.factory());
        if (dataSource == null) {
            return new SessionStoreDurability(true);
        }
        DatabaseWarnings.log(dataSource, clock.getIfUnique(Clock::systemUTC));
        return new SessionStoreDurability(!EmbeddedDatabaseConnection.isEmbedded(dataSource));
    }

    private static void warnOfTenants(EntityManagerFactory factory, SessionProperties.Cleanup cleanup) {
        if (isMultiTenant(factory) && !cleanup.interval().isZero()) {
            LOG.warn("Expired sessions are deleted for the default tenant only: set session.cleanup.interval=0 and call"
                    + " JpaSessionDataRepository.deleteExpired for each tenant");
        }
    }

    private static boolean isMultiTenant(EntityManagerFactory factory) {
        return factory.unwrap(SessionFactoryImplementor.class)
                .getSessionFactoryOptions()
                .isMultiTenancyEnabled();
    }

    private static @Nullable DataSource dataSource(EntityManagerFactory factory) {
        return factory instanceof EntityManagerFactoryInfo info ? info.getDataSource() : null;
    }
}
