package dev.sessionstorage.web;

import dev.sessionstorage.SessionException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.util.ClassUtils;

/** Unwraps the {@link SessionException} that a view, a filter, Spring MVC or a transaction has wrapped in its own exception. */
final class HiddenFailure {

    private static final boolean TRANSACTIONS = ClassUtils.isPresent(
            "org.springframework.transaction.TransactionSystemException", HiddenFailure.class.getClassLoader());

    private HiddenFailure() {}

    /**
     * Finds the session exception that caused another one.
     *
     * @param thrown the exception that ended the request
     * @param unavailable why this request has no session, for instance because the store failed; null if it has one
     */
    static @Nullable SessionException find(Throwable thrown, @Nullable SessionException unavailable) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> open = new ArrayDeque<>();
        open.add(thrown);
        boolean ofTransaction = false;
        while (!open.isEmpty()) {
            Throwable next = open.remove();
            if (next instanceof SessionException found) {
                return found;
            }
            if (seen.add(next)) {
                ofTransaction |= TRANSACTIONS && Transactions.isTheirs(next);
                addBehind(next, open);
            }
        }
        // If the rollback fails too, as on a broken connection, the transaction's exception may not contain the cause.
        return ofTransaction ? unavailable : null;
    }

    private static void addBehind(Throwable thrown, Deque<Throwable> open) {
        if (thrown.getCause() != null) {
            open.add(thrown.getCause());
        }
        if (TRANSACTIONS) {
            Throwable application = Transactions.applicationException(thrown);
            if (application != null) {
                open.add(application);
            }
        }
        open.addAll(Arrays.asList(thrown.getSuppressed()));
    }

    /** Loaded only if Spring's transactions are on the class path. */
    private static final class Transactions {

        static boolean isTheirs(Throwable thrown) {
            return thrown instanceof TransactionException || thrown instanceof DataAccessException;
        }

        static @Nullable Throwable applicationException(Throwable thrown) {
            return thrown instanceof TransactionSystemException failed ? failed.getApplicationException() : null;
        }
    }
}
