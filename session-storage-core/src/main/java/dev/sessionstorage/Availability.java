package dev.sessionstorage;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Calls the repository, and warns once when it begins to fail and once when it is back. The messages of its exceptions may show
 * values, so only their types are logged.
 */
final class Availability {

    private final String repository;
    private final Clock clock;
    private final SessionEvents events;
    private final SparseWarnings warnings = new SparseWarnings(LogFactory.getLog(SessionStorage.class));
    private final AtomicReference<@Nullable Outage> present = new AtomicReference<>();

    /**
     * Reads may go on where nothing can be written, as on a replica or a full disk: then only a write shows that it is over.
     */
    private record Outage(Instant since, boolean reads, boolean said) {}

    Availability(SessionDataRepository repository, Clock clock, SessionEvents events) {
        this.repository = repository.getClass().getName();
        this.clock = clock;
        this.events = events;
    }

    <T extends @Nullable Object> T read(String id, Supplier<T> call) {
        T result = guard("read", id, SessionEvent.UNAVAILABLE, call);
        Outage outage = present.get();
        if (outage != null && outage.reads()) {
            end(outage);
        }
        return result;
    }

    boolean extend(String id, Supplier<Boolean> call) {
        return write("extend", id, SessionEvent.EXTENSION_DROPPED, call);
    }

    /** Anything else. */
    <T extends @Nullable Object> T write(String operation, String id, Supplier<T> call) {
        return write(operation, id, SessionEvent.UNAVAILABLE, call);
    }

    private <T extends @Nullable Object> T write(String operation, String id, SessionEvent failure, Supplier<T> call) {
        T result = guard(operation, id, failure, call);
        Outage outage = present.get();
        if (outage != null) {
            end(outage);
        }
        return result;
    }

    private <T extends @Nullable Object> T guard(String operation, String id, SessionEvent failure, Supplier<T> call) {
        try {
            return SessionUnavailableException.guard(operation, call);
        } catch (SessionUnavailableException e) {
            failed(operation, id, e);
            events.tell(failure, id);
            throw e;
        }
    }

    private void failed(String operation, String id, SessionUnavailableException failure) {
        if (isRefusal(failure)) {
            warnings.warn("The database refused to " + operation + " the session "
                    + (id.isEmpty() ? "(new)" : SessionId.shortHash(id)) + ": " + types(failure));
        } else {
            begin(operation, operation.equals("read"), failure);
        }
    }

    private synchronized void begin(String operation, boolean reads, SessionUnavailableException failure) {
        Outage outage = present.get();
        if (outage == null) {
            boolean said = warnings.warn("Sessions are unavailable: " + repository + " failed to " + operation
                    + ", with " + types(failure) + ". Requests that need it are answered with 503, and sessions that"
                    + " are only read are not extended, until a message says that it works again");
            present.set(new Outage(clock.instant(), reads, said));
        } else if (reads && !outage.reads()) {
            present.set(new Outage(outage.since(), true, outage.said()));
        }
    }

    private synchronized void end(Outage outage) {
        if (present.compareAndSet(outage, null) && outage.said()) {
            Duration duration = Duration.between(outage.since(), clock.instant());
            // Not among those that are counted: whoever reads of the one must read of the other.
            LogFactory.getLog(SessionStorage.class)
                    .warn("Sessions are available again after " + duration.toSeconds() + " s: " + repository
                            + " works");
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

    /** What the repository threw, and what was the cause of that. */
    private static String types(SessionUnavailableException failure) {
        Throwable root = failure;
        Throwable thrown = failure.getCause();
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String type = root.getClass().getName();
        if (root instanceof IOException) {
            type += ": " + root.getMessage();
        } else if (root instanceof SQLException sql) {
            type += ", SQLState " + sql.getSQLState();
        }
        return thrown == null || thrown == root ? type : thrown.getClass().getName() + " (" + type + ")";
    }
}
