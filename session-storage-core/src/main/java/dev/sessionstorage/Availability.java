package dev.sessionstorage;

import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Calls the repository. It warns once when an outage begins and once when it ends. Exception messages may show session values,
 * so the log shows exception types and error codes instead.
 */
final class Availability {

    /**
     * The error code that some stores put before their message, as Redis does: {@code OOM}, {@code READONLY}, {@code NOPERM}.
     */
    private static final Pattern CODE = Pattern.compile("[A-Z]{2,16}(?= )");

    private final SessionDataRepository repository;
    private final String name;
    private final Clock clock;
    private final SessionEvents events;
    private final SparseWarnings warnings = new SparseWarnings(LogFactory.getLog(SessionStorage.class));
    private final AtomicReference<@Nullable Outage> present = new AtomicReference<>();
    /**
     * The number of outages that have ended. A call that began before the end of an outage and fails after it starts no new
     * one.
     */
    private volatile int over;

    /** What a call needs from the store, the least first: a replica can read; a store with a full memory can also delete. */
    private enum Demand {
        READ,
        DELETE,
        WRITE;

        static Demand of(String operation) {
            return switch (operation) {
                case "read" -> READ;
                case "delete" -> DELETE;
                default -> WRITE;
            };
        }
    }

    /** An outage ends when a call succeeds that needs at least as much as the least demanding call that failed. */
    private record Outage(Instant since, Demand least, boolean said) {}

    Availability(SessionDataRepository repository, Clock clock, SessionEvents events) {
        this.repository = repository;
        this.name = repository.getClass().getName();
        this.clock = clock;
        this.events = events;
    }

    <T extends @Nullable Object> T read(String id, Supplier<T> call) {
        return call("read", id, SessionEvent.UNAVAILABLE, call);
    }

    boolean extend(String id, Supplier<Boolean> call) {
        return call("extend", id, SessionEvent.EXTENSION_DROPPED, call);
    }

    /** Makes any call other than a read or an extension. */
    <T extends @Nullable Object> T write(String operation, String id, Supplier<T> call) {
        return call(operation, id, SessionEvent.UNAVAILABLE, call);
    }

    private <T extends @Nullable Object> T call(String operation, String id, SessionEvent failure, Supplier<T> call) {
        int overBefore = over;
        T result;
        try {
            result = SessionUnavailableException.guard(operation, call);
        } catch (SessionUnavailableException e) {
            // A failed extension is rolled back alone, and the application's transaction goes on.
            if (failure != SessionEvent.EXTENSION_DROPPED
                    && e.getCause() instanceof RuntimeException cause
                    && repository.isOfTransaction(cause)) {
                throw cause;
            }
            failed(operation, id, e, overBefore);
            events.tell(failure, id);
            throw e;
        }
        Outage outage = present.get();
        if (outage != null && Demand.of(operation).compareTo(outage.least()) >= 0) {
            end(outage);
        }
        return result;
    }

    private void failed(String operation, String id, SessionUnavailableException failure, int overBefore) {
        if (isRefusal(failure)) {
            warnings.warn("The database refused to " + operation + " the session "
                    + (id.isEmpty() ? "(new)" : SessionId.shortHash(id)) + ": " + types(failure));
        } else {
            begin(operation, failure, overBefore);
        }
    }

    private synchronized void begin(String operation, SessionUnavailableException failure, int overBefore) {
        Outage outage = present.get();
        Demand demand = Demand.of(operation);
        if (outage == null && overBefore == over) {
            boolean said = warnings.warn("Sessions are unavailable: " + name + " failed to " + operation
                    + ", with " + types(failure) + ". Requests that need it are answered with 503, and sessions that"
                    + " are only read are not extended, until a message says that it works again");
            present.set(new Outage(clock.instant(), demand, said));
        } else if (outage != null && demand.compareTo(outage.least()) < 0) {
            present.set(new Outage(outage.since(), demand, outage.said()));
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    private synchronized void end(Outage outage) {
        if (!present.compareAndSet(outage, null)) {
            return;
        }
        over++;
        if (outage.said()) {
            Duration duration = Duration.between(outage.since(), clock.instant());
            // Not rate-limited: if the log shows the start of the outage, it must also show its end.
            LogFactory.getLog(SessionStorage.class)
                    .warn("Sessions are available again after " + duration.toSeconds() + " s: " + name + " works");
        }
    }

    /**
     * Whether the database works but refused this one statement: bad data, a constraint, a failed transaction. After 40003 it
     * is unknown whether the statement took effect.
     */
    private static boolean isRefusal(Throwable failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            String state = cause instanceof SQLException sql ? sql.getSQLState() : null;
            if (state != null) {
                return state.startsWith("22")
                        || state.startsWith("23")
                        || (state.startsWith("40") && !state.equals("40003"))
                        || state.equals("25P02");
            }
        }
        return false;
    }

    /**
     * Whether it is a network exception, whose message names a host at most. Other I/O exceptions may name a file after its
     * session, or quote its content.
     */
    private static boolean isOfTheNetwork(Throwable cause) {
        return cause instanceof SocketException
                || cause instanceof SocketTimeoutException
                || cause instanceof UnknownHostException
                || cause instanceof SSLException;
    }

    /** The type of the exception that the repository threw, and of its root cause. */
    private static String types(SessionUnavailableException failure) {
        Throwable root = failure;
        Throwable thrown = failure.getCause();
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String type = root.getClass().getName();
        if (isOfTheNetwork(root)) {
            type += ": " + root.getMessage();
        } else if (root instanceof SQLException sql) {
            type += ", SQLState " + sql.getSQLState();
        } else {
            Matcher code = CODE.matcher(String.valueOf(root.getMessage()));
            type += code.lookingAt() ? ": " + code.group() : "";
        }
        return thrown == null || thrown == root ? type : thrown.getClass().getName() + " (" + type + ")";
    }
}
