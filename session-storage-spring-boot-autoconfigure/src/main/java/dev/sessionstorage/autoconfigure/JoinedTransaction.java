package dev.sessionstorage.autoconfigure;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** A Spring transaction that session writes take part in, with the actions to run if they are rolled back. */
final class JoinedTransaction implements TransactionSynchronization {

    private final @Nullable ConnectionHolder jdbc;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    /** The number of actions at the time of each savepoint. */
    private final IdentityHashMap<Object, Integer> savepoints = new IdentityHashMap<>();

    private boolean sawItsEnd;

    private JoinedTransaction(@Nullable ConnectionHolder jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Returns the transaction of the calling thread; null if transaction synchronization is not active.
     *
     * @param jdbc the connection of a JDBC transaction, or null
     */
    static @Nullable JoinedTransaction current(@Nullable ConnectionHolder jdbc) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            return null;
        }
        for (TransactionSynchronization present : TransactionSynchronizationManager.getSynchronizations()) {
            if (present instanceof JoinedTransaction joined) {
                return joined;
            }
        }
        JoinedTransaction joined = new JoinedTransaction(jdbc);
        TransactionSynchronizationManager.registerSynchronization(joined);
        return joined;
    }

    /**
     * Whether the transaction has ended and its callbacks are running. Spring keeps everything bound to the thread until they
     * return.
     */
    static boolean hasEnded() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && !TransactionSynchronizationManager.isSynchronizationActive();
    }

    void ifUndone(Runnable action) {
        undo.push(action);
    }

    /** Runs before all other callbacks, which may use a session. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void savepoint(Object savepoint) {
        savepoints.put(savepoint, undo.size());
    }

    /** Keeps what was written before the savepoint. An unknown savepoint is older than all writes. */
    @Override
    public void savepointRollback(Object savepoint) {
        undoDownTo(savepoints.getOrDefault(savepoint, 0));
    }

    @Override
    public void beforeCompletion() {
        sawItsEnd = true;
    }

    @Override
    public void afterCompletion(int status) {
        if (status != STATUS_COMMITTED) {
            undoDownTo(0);
        } else if (!sawItsEnd) {
            commitLate();
        }
    }

    private void undoDownTo(int size) {
        while (undo.size() > size) {
            undo.pop().run();
        }
    }

    /**
     * Commits what an {@code afterCommit()} callback has written on the transaction's connection, because Spring does not
     * commit again.
     */
    private void commitLate() {
        try {
            Connection connection = jdbc == null ? null : jdbc.getConnection();
            if (connection != null && !connection.getAutoCommit()) {
                connection.commit();
            }
        } catch (SQLException e) {
            undoDownTo(0);
            throw new IllegalStateException("Writes of sessions after the commit of a transaction are lost", e);
        }
    }
}
