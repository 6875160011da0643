package dev.sessionstorage.transactions;

import com.zaxxer.hikari.HikariDataSource;
import dev.sessionstorage.jpa.DatabaseSettings;
import java.util.Map;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Ways to route read-only transactions to another database, in front of the pool. */
enum Routing implements BeanPostProcessor {
    NONE {
        @Override
        DataSource route(HikariDataSource primary) {
            return primary;
        }
    },
    BY_A_LAZY_PROXY {
        @Override
        DataSource route(HikariDataSource primary) {
            LazyConnectionDataSourceProxy proxy = new LazyConnectionDataSourceProxy(primary);
            proxy.setReadOnlyDataSource(replica(primary));
            return proxy;
        }
    },
    BY_A_ROUTER {
        @Override
        DataSource route(HikariDataSource primary) {
            return new LazyConnectionDataSourceProxy(
                    router(primary, () -> TransactionSynchronizationManager.isCurrentTransactionReadOnly()));
        }
    },
    /** A router by tenant, with only one tenant. */
    BY_TENANT {
        @Override
        DataSource route(HikariDataSource primary) {
            return router(primary, () -> false);
        }
    };

    /** A replica that lags: it has the tables, but no rows. */
    static final DatabaseSettings REPLICA = new DatabaseSettings("jdbc:h2:mem:replica;DB_CLOSE_DELAY=-1", "sa", "");

    abstract DataSource route(HikariDataSource primary);

    boolean toReplica() {
        return this == BY_A_LAZY_PROXY || this == BY_A_ROUTER;
    }

    @Override
    public @Nullable Object postProcessAfterInitialization(Object bean, String name) {
        return bean instanceof HikariDataSource primary ? route(primary) : bean;
    }

    private static HikariDataSource replica(HikariDataSource primary) {
        HikariDataSource replica = new HikariDataSource();
        replica.setJdbcUrl(REPLICA.url());
        replica.setUsername(REPLICA.username());
        replica.setPassword(REPLICA.password());
        replica.setMaximumPoolSize(1);
        replica.setConnectionTimeout(primary.getConnectionTimeout());
        replica.setAutoCommit(primary.isAutoCommit());
        return replica;
    }

    private static DataSource router(HikariDataSource primary, BooleanSupplier isReadOnly) {
        AbstractRoutingDataSource router = new AbstractRoutingDataSource() {
            @Override
            protected Object determineCurrentLookupKey() {
                return isReadOnly.getAsBoolean();
            }
        };
        router.setTargetDataSources(Map.of(true, replica(primary), false, primary));
        router.afterPropertiesSet();
        return router;
    }
}
