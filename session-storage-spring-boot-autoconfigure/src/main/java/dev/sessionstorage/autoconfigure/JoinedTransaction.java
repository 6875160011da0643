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

/** A transaction of Spring's that sessions take part in, and what they have to do when it ends. */
final class JoinedTransaction implements TransactionSynchronization {

    private final @Nullable ConnectionHolder jdbc;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    /** How many actions there were when each savepoint was made. */
    private final IdentityHashMap<Object, Integer> savepoints = new IdentityHashMap<>();

    private boolean sawItsEnd;

    private JoinedTransaction(@Nullable ConnectionHolder jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * That of the calling thread, null if there is none that would tell of its end.
     *
     * @param jdbc the connection of a transaction of JDBC's
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

    /** Whether it has ended, and its callbacks are running: Spring still has everything bound to the thread then. */
    static boolean hasEnded() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && !TransactionSynchronizationManager.isSynchronizationActive();
    }

    void ifUndone(Runnable action) {
        undo.push(action);
    }

    /** Before any other callback uses a session. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void savepoint(Object savepoint) {
        savepoints.put(savepoint, undo.size());
    }

    /** What was written before the savepoint stays; one that is not known was made before all of it. */
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

    /** An afterCommit() callback has written: on the transaction's connection, which nobody commits once more. */
    private void commitLate() {
        try {
            Connection connection = jdbc == null ? null : jdbc.getConnection();
            if (connection != null && !connection.getAutoCommit()) {
                connection.commit();
            }
        } catch (SQLException e) {
            undoDownTo(0);
            throw new IllegalStateException("What sessions have written after a transaction was committed is lost", e);
        }
    }
}
