package dev.sessionstorage.jpa;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.hibernate.CacheMode;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.SharedSessionContract;
import org.hibernate.StatelessSession;
import org.hibernate.boot.spi.SessionFactoryOptions;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.jdbc.spi.SqlExceptionHelper;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.jdbc.ReturningWork;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorBuilder;
import org.jspecify.annotations.Nullable;

/** Runs work on the right connection, in the right transaction. */
final class ConnectionSharing {

    private final SessionFactory factory;
    private final Supplier<@Nullable Session> current;
    private final @Nullable ConnectionProvider provider;
    private final SqlExceptionHelper exceptions;

    ConnectionSharing(SessionFactory factory, Supplier<@Nullable Session> current) {
        SessionFactoryImplementor hibernate = factory.unwrap(SessionFactoryImplementor.class);
        this.factory = factory;
        this.current = current;
        this.provider = provider(hibernate);
        this.exceptions = hibernate.getJdbcServices().getSqlExceptionHelper();
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

    /** Runs the work in a stateless session on the connection which the caller's thread holds, or else on one of its own. */
    <T extends @Nullable Object> T call(Function<StatelessSession, T> work) {
        return onConnection(connection -> run(connection, work));
    }

    /** Runs the work on the connection which the caller's thread holds, or else on one of its own. */
    <T extends @Nullable Object> T onConnection(ReturningWork<T> work) {
        Session session = sharedSession();
        return session != null ? onConnection(session, true, work) : onOwnConnection(work);
    }

    /** Runs the work on a connection of its own, and in a transaction of its own. */
    <T extends @Nullable Object> T onOwnConnection(ReturningWork<T> work) {
        if (provider != null) {
            return onConnection(provider, work);
        }
        try (StatelessSession own = factory.openStatelessSession()) {
            return onConnection(own, false, work);
        }
    }

    /** Without a session of Hibernate, which would take longer than a database in this JVM takes to read. */
    private <T extends @Nullable Object> T onConnection(ConnectionProvider provider, ReturningWork<T> work) {
        try {
            Connection connection = provider.getConnection();
            try {
                return connection.getAutoCommit() ? work.execute(connection) : runAndCommit(connection, work);
            } finally {
                provider.closeConnection(connection);
            }
        } catch (SQLException e) {
            throw exceptions.convert(e, "Could not use the table of sessions");
        }
    }

    /** Whether a call failed because of another transaction, and may succeed if it is made again. */
    boolean isConflict(RuntimeException failure) {
        return isSerializationFailure(failure) && !isInTransaction();
    }

    /** Whether work gets a connection of its own from the pool, and is committed by the time that it is done. */
    boolean takesOwnConnection() {
        return provider != null && sharedSession() == null;
    }

    private boolean isInTransaction() {
        Session session = openSession();
        return session != null && session.isJoinedToTransaction();
    }

    /** The session of the caller's thread if its connection is to be used. */
    private @Nullable Session sharedSession() {
        Session session = openSession();
        return session != null && (session.isJoinedToTransaction() || holdsConnection(session)) ? session : null;
    }

    private @Nullable Session openSession() {
        Session session = current.get();
        return session != null && session.isOpen() ? session : null;
    }

    private static <T extends @Nullable Object> T onConnection(
            SharedSessionContract holder, boolean shared, ReturningWork<T> work) {
        boolean joined = holder.isJoinedToTransaction();
        return holder.doReturningWork(connection -> {
            if (joined || connection.getAutoCommit()) {
                return work.execute(connection);
            }
            if (shared) {
                // Reads before this one may have left a transaction open, with an old snapshot of the table.
                connection.commit();
            }
            return runAndCommit(connection, work);
        });
    }

    private static <T extends @Nullable Object> T runAndCommit(Connection connection, ReturningWork<T> work)
            throws SQLException {
        try {
            T result = work.execute(connection);
            connection.commit();
            return result;
        } catch (RuntimeException | SQLException | Error e) {
            rollback(connection, e);
            throw e;
        }
    }

    private static void rollback(Connection connection, Throwable reason) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    /** A stateless session on a given connection needs no transaction of Hibernate, which would cost a round trip. */
    private <T extends @Nullable Object> T run(Connection connection, Function<StatelessSession, T> work) {
        try (StatelessSession session = factory.openStatelessSession(connection)) {
            session.setCacheMode(CacheMode.IGNORE);
            return work.apply(session);
        }
    }

    private static boolean holdsConnection(Session session) {
        return session.unwrap(SessionImplementor.class)
                .getJdbcCoordinator()
                .getLogicalConnection()
                .isPhysicallyConnected();
    }

    /** SQLState class 40 is "transaction rollback": a serialization failure or a deadlock. */
    private static boolean isSerializationFailure(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                String state = sql.getSQLState();
                return state != null && state.startsWith("40");
            }
        }
        return false;
    }
}
