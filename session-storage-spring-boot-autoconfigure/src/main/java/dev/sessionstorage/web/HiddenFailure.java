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

/** Finds the session's own exception behind that of a view, a filter, Spring MVC or a transaction. */
final class HiddenFailure {

    private static final boolean TRANSACTIONS = ClassUtils.isPresent(
            "org.springframework.transaction.TransactionSystemException", HiddenFailure.class.getClassLoader());

    private HiddenFailure() {}

    /**
     * The session's exception that has led to another one.
     *
     * @param thrown what the request ended with
     * @param unavailable why this request has no session, as where its store has failed
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
        // A transaction that cannot be rolled back, since its connection is broken, may throw the reason away.
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

    /** Loaded only where Spring's transactions are there. */
    private static final class Transactions {

        static boolean isTheirs(Throwable thrown) {
            return thrown instanceof TransactionException || thrown instanceof DataAccessException;
        }

        static @Nullable Throwable applicationException(Throwable thrown) {
            return thrown instanceof TransactionSystemException failed ? failed.getApplicationException() : null;
        }
    }
}
