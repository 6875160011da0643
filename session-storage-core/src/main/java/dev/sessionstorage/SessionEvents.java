package dev.sessionstorage;

import java.util.Locale;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Reports events to the listener and, at DEBUG, to the log, which shows eight characters of the session id's hash. */
final class SessionEvents {

    private static final Log LOG = LogFactory.getLog(SessionEvent.class);

    private final Consumer<SessionEvent> listener;

    SessionEvents(Consumer<SessionEvent> listener) {
        this.listener = listener;
    }

    /** Reports an event that belongs to no known session. */
    void tell(SessionEvent event) {
        if (LOG.isDebugEnabled()) {
            LOG.debug(name(event));
        }
        listener.accept(event);
    }

    void tell(SessionEvent event, String id) {
        if (LOG.isDebugEnabled()) {
            LOG.debug(name(event) + ": session " + (id.isEmpty() ? "(new)" : SessionId.shortHash(id)));
        }
        listener.accept(event);
    }

    /** Reports that a session has ended, and returns what its request gets. */
    SessionGoneException gone(String id) {
        tell(SessionEvent.GONE, id);
        return new SessionGoneException();
    }

    /** Reports a conflict, and returns what the request gets. */
    SessionConflictException conflict(String id, SessionConflictException conflict) {
        tell(SessionEvent.CONFLICT, id);
        return conflict;
    }

    void tellRotated(String id, String newId) {
        if (LOG.isDebugEnabled()) {
            LOG.debug(name(SessionEvent.ROTATED) + ": session " + SessionId.shortHash(id) + " is now "
                    + SessionId.shortHash(newId));
        }
        listener.accept(SessionEvent.ROTATED);
    }

    private static String name(SessionEvent event) {
        return event.name().toLowerCase(Locale.ROOT);
    }
}
