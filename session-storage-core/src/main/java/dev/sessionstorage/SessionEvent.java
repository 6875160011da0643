package dev.sessionstorage;

/**
 * What a {@link SessionStorage} tells its {@link SessionStorage.Builder#onEvent listener}, once per occurrence, for metrics. With
 * DEBUG of the logger {@code dev.sessionstorage.SessionEvent} each is logged, with eight characters of the hash of the session's id.
 */
public enum SessionEvent {
    /** A session was stored for the first time. */
    CREATED,
    /** A changed session was stored. */
    UPDATED,
    /** A session that was only read had its idle timeout extended in the repository. */
    EXTENDED,
    /** The store failed to extend the idle timeout of a session that was only read: its expiry stays as it was. */
    EXTENSION_DROPPED,
    /** A session moved to a new id. */
    ROTATED,
    /** A session was destroyed. */
    DESTROYED,
    /** Another request had committed first, so a commit applied its changes to the newest state: read, unless this JVM knew it. */
    RETRIED,
    /** A commit was refused with {@link SessionConflictException}. */
    CONFLICT,
    /** A commit was refused with {@link SessionGoneException}. */
    GONE,
    /** A cookie of the session's name was malformed, too long or carried no valid signature. */
    COOKIE_REJECTED,
    /** One request carried two different cookies of the session's name that both verified: cookie tossing, or a changed path or domain. */
    COOKIE_DUPLICATE,
    /** A stored session could not be decoded, so its user got a new one. */
    UNREADABLE,
    /** The repository failed, so that a call ended with {@link SessionUnavailableException}. */
    UNAVAILABLE
}
