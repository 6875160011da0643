package dev.sessionstorage.jpa;

import java.sql.Connection;
import java.sql.SQLException;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.jdbc.ReturningWork;
import org.jspecify.annotations.Nullable;

/** A connection that the calling thread holds, and what sessions may do on it. It is the application's: nothing commits it here. */
public final class HeldConnection {

    /** What the thread holds the connection for. */
    public enum Use {
        /** A transaction: sessions take part in it. */
        TRANSACTION,
        /** A transaction that only reads: sessions are read in it, and not written. */
        READ_ONLY_TRANSACTION,
        /** No transaction that anybody will commit, as in an open view. */
        NO_TRANSACTION,
        /** No transaction any more, after one that only read: sessions are read, and not written. */
        READ_ONLY,
        /** A database that may be behind the one with the sessions: they have nothing to do with it. */
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
     * The connection of a Hibernate session, which gets one if it has none yet.
     *
     * @param session an open session
     * @param use what it is for
     */
    public static HeldConnection of(Session session, Use use) {
        return new HeldConnection(session, null, use);
    }

    /**
     * A connection that Hibernate knows nothing of.
     *
     * @param connection an open connection
     * @param use what it is for
     */
    public static HeldConnection of(Connection connection, Use use) {
        return new HeldConnection(null, connection, use);
    }

    /**
     * The connection of a Hibernate session in a transaction of Hibernate, or outside of one if it holds its connection then.
     *
     * @param session a session, or null
     * @return null if there is no such connection
     */
    public static @Nullable HeldConnection find(@Nullable Session session) {
        if (session == null || !session.isOpen()) {
            return null;
        }
        // Not isJoinedToTransaction(), to which Spring's proxies have an answer of their own.
        SessionImplementor hibernate = session.unwrap(SessionImplementor.class);
        if (hibernate.isTransactionInProgress()) {
            return of(session, Use.TRANSACTION);
        }
        boolean held = hibernate.getJdbcCoordinator().getLogicalConnection().isPhysicallyConnected();
        return held ? of(session, Use.NO_TRANSACTION) : null;
    }

    /**
     * What the thread holds it for.
     *
     * @return one of five
     */
    public Use use() {
        return use;
    }

    /**
     * The same connection, held for something else.
     *
     * @param other what it is for
     * @return a value like this one
     */
    public HeldConnection withUse(Use other) {
        return other == use ? this : new HeldConnection(session, connection, other);
    }

    /**
     * Runs work on the connection, and flushes nothing before.
     *
     * @param work what to do
     * @return what the work returns
     * @throws SQLException that of the work, unless Hibernate has turned it into an exception of its own
     */
    public <T extends @Nullable Object> T execute(ReturningWork<T> work) throws SQLException {
        return session != null ? session.doReturningWork(work) : work.execute(connection());
    }

    /** Whether the thread still reads the result of a query of Hibernate's. */
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
