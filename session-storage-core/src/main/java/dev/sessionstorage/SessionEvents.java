package dev.sessionstorage;

import java.util.Locale;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Tells the listener what has happened, and the log at DEBUG, where a session is eight characters of its id's hash. */
final class SessionEvents {

    private static final Log LOG = LogFactory.getLog(SessionEvent.class);

    private final Consumer<SessionEvent> listener;

    SessionEvents(Consumer<SessionEvent> listener) {
        this.listener = listener;
    }

    /** Something that has to do with no session that is known. */
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
