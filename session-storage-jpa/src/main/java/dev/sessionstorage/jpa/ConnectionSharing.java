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
 * Runs work on the right connection, in the right transaction: on that of the caller's thread, which it does not commit, or
 * else on one of its own.
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

    /** Null where it takes a session to know the right connection: it depends on the tenant, or JTA's transaction has it. */
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
     * Writes what may as well not be written: in a transaction, so that a failure leaves it as it was, and in a read-only one
     * not at all.
     *
     * @return what the work returns, or else {@code otherwise}
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

    /** Runs the work on a connection of its own, and in a transaction of its own. */
    <T extends @Nullable Object> T onOwnConnection(ReturningWork<T> work) {
        return held.onOwnConnection(() -> provider != null ? onOwnConnection(provider, work) : inOwnSession(work));
    }

    /** The same through a stateless session, with as many statements as it takes. */
    <T extends @Nullable Object> T inOwnTransaction(Function<StatelessSession, T> work) {
        try {
            return Retries.run(() -> held.onOwnConnection(() -> factory.fromStatelessTransaction(work)));
        } catch (SQLException e) {
            throw converted(e);
        }
    }

    /** Whether work gets a connection of its own from the pool, and is committed by the time that it is done. */
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

    /** Without a session of Hibernate, which would take longer than a database in this JVM takes to read. */
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
     * On a connection with auto-commit a statement touches nothing of the application's. Without, nobody may commit what the
     * application has done there: if it has done nothing, the connection is as good as one of its own, else something else has
     * to do.
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
            // What was read before has left a transaction open, with an old snapshot of the table.
            connection.commit();
            return Retries.run(connection, work);
        });
    }

    /** Runs several statements in one transaction: that of the connection, or else one of their own. */
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

    /** Of a transaction in which a statement has failed, PostgreSQL answers nothing more; the application may well go on. */
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

    /** In a transaction of the application, whose failures are its own. */
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

    /** Its exception is one of Hibernate's already: because of an SQLException Hibernate would give up the whole transaction. */
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

    /** A stateless session on a given connection needs no transaction of Hibernate, which would cost a round trip. */
    private <T extends @Nullable Object> T run(Connection connection, Function<StatelessSession, T> work) {
        try (StatelessSession session = factory.openStatelessSession(connection)) {
            session.setCacheMode(CacheMode.IGNORE);
            return work.apply(session);
        }
    }
}
