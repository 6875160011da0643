package dev.sessionstorage.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.engine.jdbc.connections.spi.AbstractDataSourceBasedMultiTenantConnectionProviderImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** With a database per tenant, the cleanup covers only one tenant. */
@ExtendWith(OutputCaptureExtension.class)
class JpaSessionTenantsTest {

    private static final String WARNING = "Expired sessions are deleted for the default tenant only";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    HibernateJpaAutoConfiguration.class,
                    JpaSessionAutoConfiguration.class,
                    SessionAutoConfiguration.class))
            .withPropertyValues("spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID());

    @Test
    void aCleanupThatSeesOneTenantIsWarnedAbout(CapturedOutput output) {
        runner.withUserConfiguration(Tenants.class)
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output).contains(WARNING);
    }

    @Test
    void aCleanupThatTheApplicationDoesItselfIsNot(CapturedOutput output) {
        runner.withUserConfiguration(Tenants.class)
                .withPropertyValues("session.cleanup.interval=0")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output).doesNotContain(WARNING);
    }

    @Test
    void oneWithoutTenantsIsNot(CapturedOutput output) {
        runner.run(context -> assertThat(context).hasNotFailed());
        assertThat(output).doesNotContain(WARNING);
    }

    @Configuration(proxyBeanMethods = false)
    static class Tenants {

        @Bean
        HibernatePropertiesCustomizer tenants(DataSource dataSource) {
            Database database = new Database(dataSource);
            return properties -> properties.putAll(Map.of(
                    AvailableSettings.MULTI_TENANT_CONNECTION_PROVIDER,
                    database,
                    AvailableSettings.MULTI_TENANT_IDENTIFIER_RESOLVER,
                    new OneTenant()));
        }
    }

    static final class Database extends AbstractDataSourceBasedMultiTenantConnectionProviderImpl<String> {

        private static final long serialVersionUID = 1;

        @SuppressWarnings("serial") // never serialized
        private final DataSource dataSource;

        Database(DataSource dataSource) {
            this.dataSource = dataSource;
        }

        @Override
        protected DataSource selectAnyDataSource() {
            return dataSource;
        }

        @Override
        protected DataSource selectDataSource(String tenant) {
            return dataSource;
        }
    }

    static final class OneTenant implements CurrentTenantIdentifierResolver<String> {

        @Override
        public String resolveCurrentTenantIdentifier() {
            return "north";
        }

        @Override
        public boolean validateExistingCurrentSessions() {
            return false;
        }
    }
}
