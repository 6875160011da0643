package dev.sessionstorage.jpa;

import dev.sessionstorage.jpa.HeldConnection.Use;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.function.Function;
import org.hibernate.CacheMode;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.boot.spi.SessionFactoryOptions;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.jdbc.spi.SqlExceptionHelper;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.jdbc.ReturningWork;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Runs work on the right connection and in the right transaction: the calling thread's, whose work it never commits, or a
 * separate one.
 */
final class ConnectionSharing {

    private final SessionFactory factory;
    private final HeldConnections held;
    private final @Nullable ConnectionProvider provider;
    private final SqlExceptionHelper exceptions;
    private final Pending pending;

    ConnectionSharing(SessionFactory factory, HeldConnections held) {
        SessionFactoryImplementor hibernate = factory.unwrap(SessionFactoryImplementor.class);
        this.factory = factory;
        this.held = held;
        this.provider = provider(hibernate);
        this.exceptions = hibernate.getJdbcServices().getSqlExceptionHelper();
        this.pending = Pending.on(hibernate.getJdbcServices().getDialect());
    }

    /**
     * Null if only a Hibernate session can find the right connection: it depends on the tenant, or belongs to a JTA
     * transaction.
     */
    private static @Nullable ConnectionProvider provider(SessionFactoryImplementor hibernate) {
        SessionFactoryOptions options = hibernate.getSessionFactoryOptions();
        boolean jta = hibernate
                .getServiceRegistry()
                .requireService(TransactionCoordinatorBuilder.class)
                .isJta();
        return jta || options.isMultiTenancyEnabled() || options.getCurrentTenantIdentifierResolver() != null
                ? null
                : hibernate.getServiceRegistry().requireService(ConnectionProvider.class);
    }

    /** Reads through a stateless session. */
    <T extends @Nullable Object> T query(Function<StatelessSession, T> query) {
        return read(connection -> run(connection, query));
    }

    <T extends @Nullable Object> T read(ReturningWork<T> work) {
        HeldConnection connection = held.find();
        if (connection == null || connection.use() == Use.REPLICA) {
            return onOwnConnection(work);
        }
        return isInTransaction(connection)
                ? readInTransaction(connection, work)
                : outsideTransaction(connection, work, work);
    }

    <T extends @Nullable Object> T write(ReturningWork<T> work) {
        HeldConnection connection = held.find();
        if (connection == null || connection.use() == Use.REPLICA) {
            return onOwnConnection(work);
        }
        return switch (connection.use()) {
            case NO_TRANSACTION -> outsideTransaction(connection, work, ignored -> onOwnConnection(work));
            case READ_ONLY_TRANSACTION, READ_ONLY ->
                throw new UnsupportedOperationException(
                        "A session cannot be stored or ended in a read-only transaction:"
                                + " do it after the transaction, or in one that is not read-only");
            default -> takePart(connection, work);
        };
    }

    /**
     * Makes a write that may be skipped. In a transaction it uses a savepoint, so that a failure leaves the transaction as it
     * was. In a read-only transaction it writes nothing.
     *
     * @return what the work returns; {@code otherwise} if it was skipped
     */
    <T> T writeIfPossible(ReturningWork<T> work, T otherwise) {
        HeldConnection connection = held.find();
        if (connection == null) {
            return onOwnConnection(work);
        }
        return switch (connection.use()) {
            case TRANSACTION -> execute(connection, joined -> inSavepoint(joined, work));
            case READ_ONLY_TRANSACTION, READ_ONLY -> otherwise;
            default -> write(work);
        };
    }

    /** Runs the work on a separate connection and in a separate transaction. */
    <T extends @Nullable Object> T onOwnConnection(ReturningWork<T> work) {
        return held.onOwnConnection(() -> provider != null ? onOwnConnection(provider, work) : inOwnSession(work));
    }

    /** Runs work of several statements in a separate transaction, through a stateless session. */
    <T extends @Nullable Object> T inOwnTransaction(Function<StatelessSession, T> work) {
        try {
            return Retries.run(() -> held.onOwnConnection(() -> factory.fromStatelessTransaction(work)));
        } catch (SQLException e) {
            throw converted(e);
        }
    }

    /** Whether work gets a separate connection from the pool, and so is committed when it returns. */
    boolean takesOwnConnection() {
        return provider != null && held.find() == null;
    }

    void ifUndone(Runnable action) {
        HeldConnection connection = held.find();
        if (connection != null && isInTransaction(connection)) {
            held.ifUndone(action);
        }
    }

    boolean isOfTransaction(RuntimeException failure) {
        if (failure instanceof UnsupportedOperationException) {
            return true;
        }
        HeldConnection connection = Retries.isOfTransaction(failure) ? held.find() : null;
        return connection != null && isInTransaction(connection);
    }

    private static boolean isInTransaction(HeldConnection connection) {
        return connection.use() == Use.TRANSACTION || connection.use() == Use.READ_ONLY_TRANSACTION;
    }

    /** Opens no Hibernate session, which would take longer than a read from a database in this JVM. */
    private <T extends @Nullable Object> T onOwnConnection(ConnectionProvider provider, ReturningWork<T> work) {
        try {
            Connection connection = provider.getConnection();
            try {
                return Retries.run(connection, work);
            } finally {
                provider.closeConnection(connection);
            }
        } catch (SQLException e) {
            throw converted(e);
        }
    }

    private <T extends @Nullable Object> T inOwnSession(ReturningWork<T> work) {
        try (StatelessSession own = factory.openStatelessSession()) {
            boolean joined = own.isJoinedToTransaction();
            return own.doReturningWork(connection -> joined ? work.execute(connection) : Retries.run(connection, work));
        }
    }

    /**
     * Uses a connection that the thread holds outside a transaction. With auto-commit, a statement there affects nothing of the
     * application's. Without it, this must not commit the application's work: if none is pending, the connection can be used
     * and committed, otherwise {@code ifPending} runs instead.
     */
    private <T extends @Nullable Object> T outsideTransaction(
            HeldConnection held, ReturningWork<T> work, ReturningWork<T> ifPending) {
        return execute(held, connection -> {
            if (connection.getAutoCommit()) {
                return Retries.run(connection, work);
            }
            if (held.hasOpenResults() || pending.isOn(connection)) {
                return ifPending.execute(connection);
            }
            // Earlier reads have left a transaction open, with an old snapshot of the table.
            connection.commit();
            return Retries.run(connection, work);
        });
    }

    /** Runs several statements in one transaction: the connection's, or a new one if it has auto-commit. */
    static <T extends @Nullable Object> T inTransaction(Connection connection, ReturningWork<T> work)
            throws SQLException {
        if (!connection.getAutoCommit()) {
            return work.execute(connection);
        }
        connection.setAutoCommit(false);
        try {
            return Retries.runAndCommit(connection, work);
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /**
     * After a failed statement, PostgreSQL refuses every further one in the transaction. The application may still go on, so
     * this reads on a separate connection.
     */
    private <T extends @Nullable Object> T readInTransaction(HeldConnection connection, ReturningWork<T> work) {
        try {
            return takePart(connection, work);
        } catch (RuntimeException e) {
            if (Retries.isInFailedTransaction(e)) {
                return onOwnConnection(work);
            }
            throw e;
        }
    }

    /** Runs work in the application's transaction. If that transaction fails, the application gets its own exception. */
    private <T extends @Nullable Object> T takePart(HeldConnection held, ReturningWork<T> work) {
        try {
            return execute(held, work);
        } catch (RuntimeException e) {
            throw Retries.isOfTransaction(e) ? this.held.translated(e) : e;
        }
    }

    private <T extends @Nullable Object> T execute(HeldConnection held, ReturningWork<T> work) {
        try {
            return held.execute(work);
        } catch (SQLException e) {
            throw converted(e);
        }
    }

    /**
     * Runs work within a savepoint. It converts an SQLException itself, because Hibernate would mark the whole transaction for
     * rollback.
     */
    private <T extends @Nullable Object> T inSavepoint(Connection connection, ReturningWork<T> work)
            throws SQLException {
        if (connection.getAutoCommit()) {
            return work.execute(connection);
        }
        Savepoint before = connection.setSavepoint();
        T result;
        try {
            result = work.execute(connection);
        } catch (SQLException e) {
            RuntimeException failure = converted(e);
            try {
                connection.rollback(before);
            } catch (SQLException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
        connection.releaseSavepoint(before);
        return result;
    }

    private RuntimeException converted(SQLException failure) {
        return exceptions.convert(failure, "Could not use the table of sessions");
    }

    /**
     * Runs work in a stateless session on a given connection. That needs no Hibernate transaction, which would cost a round
     * trip.
     */
    private <T extends @Nullable Object> T run(Connection connection, Function<StatelessSession, T> work) {
        try (StatelessSession session = factory.openStatelessSession(connection)) {
            session.setCacheMode(CacheMode.IGNORE);
            return work.apply(session);
        }
    }
}
