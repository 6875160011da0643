package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.jpa.HeldConnection;
import dev.sessionstorage.jpa.HeldConnection.Use;
import dev.sessionstorage.jpa.HeldConnections;
import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.support.DataAccessUtils;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.JpaDialect;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Finds the connection that Spring has bound to the calling thread: by a JPA or JDBC transaction, by open session in view, or
 * by JDBC outside a transaction.
 */
final class BoundConnections implements HeldConnections {

    private final EntityManagerFactory factory;
    private final List<JdbcTransactions> dataSources = new ArrayList<>();
    private final @Nullable ReplicaRouting routing;

    /**
     * Creates an instance for one persistence unit.
     *
     * @param dataSource the unit's data source; null if it is unknown or depends on the tenant
     */
    BoundConnections(EntityManagerFactory factory, @Nullable DataSource dataSource) {
        this.factory = factory;
        this.routing = dataSource == null ? null : ReplicaRouting.of(dataSource);
        DataSource wrapped = dataSource;
        while (wrapped != null) {
            dataSources.add(new JdbcTransactions(wrapped));
            wrapped = wrapped instanceof DelegatingDataSource delegating ? delegating.getTargetDataSource() : null;
        }
    }

    @Override
    public @Nullable HeldConnection find() {
        HeldConnection ofJpa = HeldConnection.find(session());
        HeldConnection found = ofJpa != null && ofJpa.use() == Use.TRANSACTION ? ofJpa : ofJdbc(ofJpa);
        if (found == null) {
            return null;
        }
        HeldConnection used = isReadOnly(found)
                ? found.withUse(found.use() == Use.TRANSACTION ? Use.READ_ONLY_TRANSACTION : Use.READ_ONLY)
                : found;
        return routing != null && routing.mayLeadToReplica(used) ? used.withUse(Use.REPLICA) : used;
    }

    /** True even in the callbacks after a read-only transaction: its connection stays read-only until it is released. */
    private static boolean isReadOnly(HeldConnection found) {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && TransactionSynchronizationManager.isCurrentTransactionReadOnly()
                && (found.use() == Use.TRANSACTION || isReadOnlyConnection(found));
    }

    private static boolean isReadOnlyConnection(HeldConnection found) {
        try {
            return found.execute(Connection::isReadOnly);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void ifUndone(Runnable action) {
        JoinedTransaction joined = JoinedTransaction.current(null);
        if (joined != null) {
            joined.ifUndone(action);
        }
    }

    @Override
    public RuntimeException translated(RuntimeException failure) {
        JpaDialect dialect = factory instanceof EntityManagerFactoryInfo info ? info.getJpaDialect() : null;
        return dialect == null ? failure : DataAccessUtils.translateIfNecessary(failure, dialect);
    }

    @Override
    public <T extends @Nullable Object> T onOwnConnection(Supplier<T> work) {
        return routing == null ? work.get() : routing.toPrimary(work);
    }

    /** Returns a JDBC connection, or the open view's if there is none. */
    private @Nullable HeldConnection ofJdbc(@Nullable HeldConnection view) {
        HeldConnection outside = view;
        for (JdbcTransactions dataSource : dataSources) {
            HeldConnection found = dataSource.find(view != null);
            if (found != null && found.use() == Use.TRANSACTION) {
                return found;
            }
            outside = found == null ? outside : found;
        }
        return outside;
    }

    /** The Hibernate session of the caller's transaction or open view. */
    private @Nullable Session session() {
        return TransactionSynchronizationManager.getResource(factory) instanceof EntityManagerHolder holder
                ? holder.getEntityManager().unwrap(Session.class)
                : null;
    }

    /** Detects whether a connection is in a JDBC transaction, as Spring's own transaction managers do. */
    @SuppressWarnings("serial") // never serialized
    private static final class JdbcTransactions extends DataSourceTransactionManager {

        private final DataSource dataSource;

        JdbcTransactions(DataSource dataSource) {
            this.dataSource = dataSource;
            setDataSource(dataSource);
        }

        /**
         * Finds the JDBC connection bound to the thread. JPA lends its connection to JDBC for a transaction. If the Hibernate
         * session still holds it afterwards, this returns null and the session is used instead.
         */
        @Nullable
        HeldConnection find(boolean sessionHasConnection) {
            if (!(TransactionSynchronizationManager.getResource(dataSource) instanceof ConnectionHolder holder)
                    || holder.getConnectionHandle() == null) {
                return null;
            }
            boolean lent = !holder.isSynchronizedWithTransaction();
            if (lent && sessionHasConnection) {
                return null;
            }
            boolean inTransaction =
                    (lent || isExistingTransaction(doGetTransaction())) && !JoinedTransaction.hasEnded();
            if (inTransaction && !lent) {
                JoinedTransaction.current(holder);
            }
            Use use = inTransaction ? Use.TRANSACTION : Use.NO_TRANSACTION;
            return HeldConnection.of(holder.getConnection(), use);
        }
    }
}
