package dev.sessionstorage;

/**
 * An event that a {@link SessionStorage} reports to its {@link SessionStorage.Builder#onEvent listener}, once per occurrence,
 * for metrics. The logger {@code dev.sessionstorage.SessionEvent} logs each at DEBUG, with eight characters of the session id's
 * hash.
 */
public enum SessionEvent {
    /** A session was stored for the first time. */
    CREATED,
    /** A changed session was stored. */
    UPDATED,
    /** A session that was only read had its idle timeout extended in the repository. */
    EXTENDED,
    /** The store failed to extend the idle timeout of a session that was only read. Its expiry stays as it was. */
    EXTENSION_DROPPED,
    /** A session moved to a new id. */
    ROTATED,
    /** A session was destroyed. */
    DESTROYED,
    /**
     * Another request committed first, so a commit applied its changes to the newest state, which it read again unless this JVM
     * knew it.
     */
    RETRIED,
    /** A commit was refused with {@link SessionConflictException}. */
    CONFLICT,
    /** A commit was refused with {@link SessionGoneException}. */
    GONE,
    /** A cookie of the session's name was malformed, too long or carried no valid signature. */
    COOKIE_REJECTED,
    /** One request carried two valid session cookies with different ids: cookie tossing, or a changed path or domain. */
    COOKIE_DUPLICATE,
    /** A stored session could not be decoded, so its user got a new one. */
    UNREADABLE,
    /** The repository failed, so a call ended with {@link SessionUnavailableException}. */
    UNAVAILABLE
}
