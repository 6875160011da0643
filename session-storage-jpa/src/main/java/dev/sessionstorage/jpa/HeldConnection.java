package dev.sessionstorage.jpa;

import java.sql.Connection;
import java.sql.SQLException;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.jdbc.ReturningWork;
import org.jspecify.annotations.Nullable;

/**
 * A connection that the calling thread holds, and how sessions may use it. It belongs to the application, whose work on it the
 * repository never commits.
 */
public final class HeldConnection {

    /** What the thread holds the connection for. */
    public enum Use {
        /** A transaction. Sessions take part in it. */
        TRANSACTION,
        /** A read-only transaction. Sessions are read in it, but not written. */
        READ_ONLY_TRANSACTION,
        /** No transaction that the application will commit, as in open-session-in-view. */
        NO_TRANSACTION,
        /** No longer a transaction, after a read-only one. Sessions are read, but not written. */
        READ_ONLY,
        /** A replica, which may lag behind the database with the sessions. Sessions do not use it. */
        REPLICA
    }

    private final @Nullable Session session;
    private final @Nullable Connection connection;
    private final Use use;

    private HeldConnection(@Nullable Session session, @Nullable Connection connection, Use use) {
        this.session = session;
        this.connection = connection;
        this.use = use;
    }

    /**
     * The connection of a Hibernate session. The session opens one if it has none yet.
     *
     * @param session an open session
     * @param use what the thread holds it for
     */
    public static HeldConnection of(Session session, Use use) {
        return new HeldConnection(session, null, use);
    }

    /**
     * A connection that Hibernate does not manage.
     *
     * @param connection an open connection
     * @param use what the thread holds it for
     */
    public static HeldConnection of(Connection connection, Use use) {
        return new HeldConnection(null, connection, use);
    }

    /**
     * The connection of a Hibernate session, if it is in a Hibernate transaction or holds a connection outside one.
     *
     * @param session a session, or null
     * @return null if there is no such connection
     */
    public static @Nullable HeldConnection find(@Nullable Session session) {
        if (session == null || !session.isOpen()) {
            return null;
        }
        // Not isJoinedToTransaction(), which Spring's proxies answer themselves.
        SessionImplementor hibernate = session.unwrap(SessionImplementor.class);
        if (hibernate.isTransactionInProgress()) {
            return of(session, Use.TRANSACTION);
        }
        boolean held = hibernate.getJdbcCoordinator().getLogicalConnection().isPhysicallyConnected();
        return held ? of(session, Use.NO_TRANSACTION) : null;
    }

    /**
     * What the thread holds the connection for.
     *
     * @return the use
     */
    public Use use() {
        return use;
    }

    /**
     * The same connection with another use.
     *
     * @param other the new use
     * @return this, or a copy if the use differs
     */
    public HeldConnection withUse(Use other) {
        return other == use ? this : new HeldConnection(session, connection, other);
    }

    /**
     * Runs work on the connection without flushing the application's entities.
     *
     * @param work the work
     * @return what the work returns
     * @throws SQLException as thrown by the work, unless Hibernate converts it
     */
    public <T extends @Nullable Object> T execute(ReturningWork<T> work) throws SQLException {
        return session != null ? session.doReturningWork(work) : work.execute(connection());
    }

    /** Whether the thread is still reading the result of a Hibernate query. */
    boolean hasOpenResults() {
        return session != null
                && session.unwrap(SessionImplementor.class)
                        .getJdbcCoordinator()
                        .getLogicalConnection()
                        .getResourceRegistry()
                        .hasRegisteredResources();
    }

    private Connection connection() {
        if (connection == null) {
            throw new IllegalStateException("Neither a session nor a connection");
        }
        return connection;
    }
}
