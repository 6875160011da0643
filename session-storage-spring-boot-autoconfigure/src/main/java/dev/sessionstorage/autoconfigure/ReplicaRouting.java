package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.jpa.HeldConnection;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ReflectionUtils;

/** Detects a data source that routes read-only transactions to a replica, which may lag behind and refuses writes. */
final class ReplicaRouting {

    private final boolean always;
    private final @Nullable AbstractRoutingDataSource router;
    private final String primaryUrl;

    private ReplicaRouting(boolean always, @Nullable AbstractRoutingDataSource router, String primaryUrl) {
        this.always = always;
        this.router = router;
        this.primaryUrl = primaryUrl;
    }

    /** Returns null if all connections lead to one database. */
    static @Nullable ReplicaRouting of(DataSource dataSource) {
        boolean always = false;
        DataSource wrapped = dataSource;
        while (wrapped instanceof DelegatingDataSource delegating) {
            always |= delegating instanceof LazyConnectionDataSourceProxy lazy && hasReadOnlyDataSource(lazy);
            wrapped = delegating.getTargetDataSource();
        }
        AbstractRoutingDataSource router = wrapped instanceof AbstractRoutingDataSource found ? found : null;
        return always || router != null ? new ReplicaRouting(always, router, url(dataSource)) : null;
    }

    /**
     * Whether a connection may lead to a replica: in a read-only transaction, and after one in an open view, which keeps its
     * connection.
     */
    boolean mayLeadToReplica(HeldConnection held) {
        return switch (held.use()) {
            case READ_ONLY_TRANSACTION, READ_ONLY -> dependsOnReadOnly();
            case NO_TRANSACTION -> dependsOnReadOnly() && !isPrimary(held);
            default -> false;
        };
    }

    /** Routes connections as in a read-write transaction. */
    <T extends @Nullable Object> T toPrimary(Supplier<T> work) {
        return withReadOnly(false, work);
    }

    /** Whether read-only matters to the router at all. It may route by something else, such as the tenant. */
    private boolean dependsOnReadOnly() {
        return always
                || (router != null
                        && withReadOnly(true, () -> target(router)) != withReadOnly(false, () -> target(router)));
    }

    private boolean isPrimary(HeldConnection held) {
        try {
            return held.execute(connection -> !connection.isReadOnly() && primaryUrl.equals(urlOf(connection)));
        } catch (SQLException e) {
            return false;
        }
    }

    private static <T extends @Nullable Object> T withReadOnly(boolean readOnly, Supplier<T> work) {
        boolean before = TransactionSynchronizationManager.isCurrentTransactionReadOnly();
        TransactionSynchronizationManager.setCurrentTransactionReadOnly(readOnly);
        try {
            return work.get();
        } finally {
            TransactionSynchronizationManager.setCurrentTransactionReadOnly(before);
        }
    }

    private static String urlOf(Connection connection) throws SQLException {
        return Objects.requireNonNullElse(connection.getMetaData().getURL(), "");
    }

    private static String url(DataSource dataSource) {
        try {
            return JdbcUtils.extractDatabaseMetaData(
                    dataSource, metaData -> Objects.requireNonNullElse(metaData.getURL(), ""));
        } catch (MetaDataAccessException e) {
            throw new IllegalStateException("The sessions' database cannot be reached", e);
        }
    }

    /** Reads the field, because there is no getter. */
    private static boolean hasReadOnlyDataSource(LazyConnectionDataSourceProxy lazy) {
        Field field = ReflectionUtils.findField(LazyConnectionDataSourceProxy.class, "readOnlyDataSource");
        if (field == null) {
            return false;
        }
        ReflectionUtils.makeAccessible(field);
        return ReflectionUtils.getField(field, lazy) != null;
    }

    private static @Nullable Object target(AbstractRoutingDataSource router) {
        Method method = ReflectionUtils.findMethod(AbstractRoutingDataSource.class, "determineTargetDataSource");
        if (method == null) {
            return null;
        }
        ReflectionUtils.makeAccessible(method);
        return ReflectionUtils.invokeMethod(method, router);
    }
}
