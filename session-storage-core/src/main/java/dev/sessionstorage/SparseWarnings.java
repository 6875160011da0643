package dev.sessionstorage;

import java.util.concurrent.TimeUnit;
import org.apache.commons.logging.Log;

/**
 * Limits the rate of warnings that a client or a broken store could cause with each request: ten a minute, the rest at DEBUG.
 */
final class SparseWarnings {

    private static final int MAX_PER_MINUTE = 10;

    private final Log log;
    private long minuteBegan = System.nanoTime();
    private int said;

    SparseWarnings(Log log) {
        this.log = log;
    }

    /** Logs a warning; false if the limit made it DEBUG. */
    boolean warn(String message) {
        boolean allowed = isAllowed();
        if (allowed) {
            log.warn(message);
        } else {
            log.debug(message);
        }
        return allowed;
    }

    private synchronized boolean isAllowed() {
        long now = System.nanoTime();
        if (now - minuteBegan > TimeUnit.MINUTES.toNanos(1)) {
            minuteBegan = now;
            said = 0;
        }
        said = Math.min(said + 1, MAX_PER_MINUTE + 1);
        return said <= MAX_PER_MINUTE;
    }
}
