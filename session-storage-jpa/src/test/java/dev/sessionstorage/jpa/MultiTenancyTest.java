package dev.sessionstorage.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.ExpiredSessionRepository;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.test.MutableClock;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.engine.jdbc.connections.spi.AbstractDataSourceBasedMultiTenantConnectionProviderImpl;
import org.junit.jupiter.api.Test;

/** If Hibernate has a database for each tenant, a session is in the current tenant's. */
class MultiTenancyTest {

    private final MutableClock clock = new MutableClock();
    private final DatabaseSettings north = TestDatabases.h2();
    private final DatabaseSettings south = TestDatabases.h2();
    private String tenant = "north";

    @Test
    void aSessionIsInTheDatabaseOfTheCurrentTenant() {
        try (Persistence persistence = connect()) {
            JpaSessionDataRepository repository = new JpaSessionDataRepository(persistence.factory, clock);
            SessionData data = SessionData.fromJson(
                    "{\"n\":1}", 0, clock.instant(), "ada", clock.instant().plus(Duration.ofHours(1)));
            String id = repository.createData(data, data.expires());
            assertThat(repository.readData(id)).isEqualTo(data);

            tenant = "south";
            assertThat(repository.readData(id)).isNull();
            assertThat(repository.updateData(id, data, data.expires())).isFalse();

            tenant = "north";
            assertThat(repository.updateData(id, data, data.expires())).isTrue();
        }
    }

    @Test
    void whatHasExpiredIsDeletedForTheCurrentTenantOnly() {
        try (Persistence persistence = connect()) {
            JpaSessionDataRepository repository = new JpaSessionDataRepository(persistence.factory, clock);
            for (String each : new String[] {"north", "south"}) {
                tenant = each;
                SessionData data = SessionData.fromJson(
                        "{}", 0, clock.instant(), null, clock.instant().plus(Duration.ofHours(1)));
                repository.createData(data, data.expires());
            }
            clock.advance(Duration.ofHours(1).plus(ExpiredSessionRepository.MARGIN));

            for (String each : new String[] {"north", "south"}) {
                tenant = each;
                assertThat(repository.deleteExpired(10)).as(each).isEqualTo(1);
            }
        }
    }

    private Persistence connect() {
        south.execute(Persistence.schema(south.vendor()));
        return Persistence.on(
                north,
                pool -> {},
                Map.of(
                        "hibernate.multi_tenant_connection_provider",
                        new Databases(),
                        "hibernate.tenant_identifier_resolver",
                        new CurrentTenant()));
    }

    private final class CurrentTenant implements CurrentTenantIdentifierResolver<String> {

        @Override
        public String resolveCurrentTenantIdentifier() {
            return tenant;
        }

        @Override
        public boolean validateExistingCurrentSessions() {
            return false;
        }
    }

    private final class Databases extends AbstractDataSourceBasedMultiTenantConnectionProviderImpl<String> {

        private static final long serialVersionUID = 1;

        @Override
        protected DataSource selectAnyDataSource() {
            return selectDataSource("north");
        }

        @Override
        protected DataSource selectDataSource(String tenant) {
            DatabaseSettings database = tenant.equals("north") ? north : south;
            JdbcDataSource dataSource = new JdbcDataSource();
            dataSource.setURL(database.url());
            dataSource.setUser(database.username());
            dataSource.setPassword(database.password());
            return dataSource;
        }
    }
}
