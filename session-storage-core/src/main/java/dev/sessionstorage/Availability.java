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
 * Calls the repository, and warns once when it begins to fail and once when it is back. The messages of its exceptions may show
 * values, so only their types are logged.
 */
final class Availability {

    /** What some stores put before what they say, as Redis does: {@code OOM}, {@code READONLY}, {@code NOPERM}. */
    private static final Pattern CODE = Pattern.compile("[A-Z]{2,16}(?= )");

    private final SessionDataRepository repository;
    private final String name;
    private final Clock clock;
    private final SessionEvents events;
    private final SparseWarnings warnings = new SparseWarnings(LogFactory.getLog(SessionStorage.class));
    private final AtomicReference<@Nullable Outage> present = new AtomicReference<>();
    /** How many are over: a call that began before the last one's end may fail after it, and tells nothing new. */
    private volatile int over;

    /** What a call asks of the store, the least first: a replica reads, and a full memory deletes as well. */
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

    /** It is over when a call works that asks at least as much as the least that has failed. */
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

    /** Anything else. */
    <T extends @Nullable Object> T write(String operation, String id, Supplier<T> call) {
        return call(operation, id, SessionEvent.UNAVAILABLE, call);
    }

    private <T extends @Nullable Object> T call(String operation, String id, SessionEvent failure, Supplier<T> call) {
        int overBefore = over;
        T result;
        try {
            result = SessionUnavailableException.guard(operation, call);
        } catch (SessionUnavailableException e) {
            // An extension was undone by itself, and the transaction goes on.
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
            // Not among those that are counted: whoever reads of the one must read of the other.
            LogFactory.getLog(SessionStorage.class)
                    .warn("Sessions are available again after " + duration.toSeconds() + " s: " + name + " works");
        }
    }

    /**
     * Whether the database works and would not do this one statement: its data, a constraint, a transaction that failed. After
     * 40003 nobody knows whether it has.
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

    /** These name a host at most. Others that read and write may name a file after its session, or quote what is in it. */
    private static boolean isOfTheNetwork(Throwable cause) {
        return cause instanceof SocketException
                || cause instanceof SocketTimeoutException
                || cause instanceof UnknownHostException
                || cause instanceof SSLException;
    }

    /** What the repository threw, and what was the cause of that. */
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
