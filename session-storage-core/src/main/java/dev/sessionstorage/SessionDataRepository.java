package dev.sessionstorage;

import java.time.Duration;
import java.time.Instant;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where sessions live: four callbacks are all that a custom repository writes.
 *
 * <p>Every method is called from many threads at once. An exception thrown here reaches the caller of
 * {@link SessionStorage} as a {@link SessionUnavailableException}; "not there" is never an exception. What the caller may not
 * do where it does it, as to write in a read-only transaction, is an {@link UnsupportedOperationException}, which it gets as it is.
 *
 * <p><b>Versions.</b> {@link SessionData#version()} is the version the storage read. {@link #updateData} compares it with
 * the stored one and, if they are equal, stores the new data with {@code version + 1}, in one atomic step
 * ({@code update … set version = version + 1 where id = ? and version = ?}). That compare-and-set is what keeps
 * concurrent requests from losing each other's changes.
 *
 * <p><b>Without versions.</b> A repository whose {@code updateData} only looks whether the record exists says so
 * ({@link #storesVersions}). The storage then reads before each commit. Within one process no update is lost, at the price of one
 * more round trip per change. Between processes the last commit wins with the whole session, a rotation can be done twice, and a
 * flash value can be consumed twice; destroyed sessions stay destroyed.
 *
 * <p><b>Expiry.</b> {@code expires} is the instant from which no method may return the record, whether or not it has been deleted.
 * It has millisecond precision. For {@link #GRACE} more it can be updated, extended and rotated, by a request that read it before
 * and is still running; and ended, so that such a request brings nothing back.
 *
 * <p><b>Texts.</b> The JSON comes back character for character, so a type that rearranges it, as PostgreSQL's {@code jsonb},
 * does not do. A principal has at most 255 characters. Any text, of any length, may come as an id: one that nobody made is not
 * found, and is no error.
 *
 * <p>The contract suite in {@code session-storage-test} checks all of this: extend
 * {@code SessionDataRepositoryContract} and supply the repository and a clock.
 */
public interface SessionDataRepository {

    /** How long after its expiry a record can still be written by who has read it before. */
    Duration GRACE = Duration.ofMinutes(5);

    /** How long an id whose record has moved to another one says so: longer than a browser's requests overlap. */
    Duration MOVED_FOR = Duration.ofMinutes(1);

    /**
     * Stores a new record.
     *
     * @param data what to store, its version included
     * @param expires the instant from which the record is gone, the same as {@code data.expires()}
     * @return the new record's id, from {@link SessionId#create()} unless the store makes equally unguessable ones, which match
     *     {@code [A-Za-z0-9_-]{43,}}
     */
    String createData(SessionData data, Instant expires);

    /**
     * Reads a record.
     *
     * @param id an id that {@link #createData} returned, or any other text
     * @return the record with its current version and expiry, or null if it is missing or expired
     */
    @Nullable
    SessionData readData(String id);

    /**
     * Replaces a record if it still has the version that the data carries, and raises the version by one.
     *
     * @param id an id that {@link #createData} returned, or any other text
     * @param data the new data; its version is the one that must be stored now
     * @param expires the new expiry, the same as {@code data.expires()}; one that has passed hides the record, and ends it if that
     *     was longer ago than {@link #GRACE}
     * @return false, with nothing written, if the record is missing, expired before {@link #GRACE}, or has another version
     */
    boolean updateData(String id, SessionData data, Instant expires);

    /**
     * Deletes a record; an absent one is no error.
     *
     * @param id an id that {@link #createData} returned, or any other text
     */
    void deleteData(String id);

    /**
     * Moves the expiry of a record whose data has not changed. Override it where that is cheaper than writing the data
     * again; the version may stay as it is.
     *
     * @param id an id that {@link #createData} returned
     * @param data the data as it was read, but for its expiry
     * @param expires the new expiry, the same as {@code data.expires()}
     * @return false, with nothing written, if the record is missing or expired or has another version
     */
    default boolean extendData(String id, SessionData data, Instant expires) {
        return updateData(id, data.withExpires(expires), expires);
    }

    /**
     * Moves a record to a new id, if it still has the version that the data carries. Override it where the store can do
     * that in one atomic step. This one creates the new record first, then ends the old one by a compare-and-set, so
     * nothing is lost if the process dies in between and only one of two rotations wins.
     *
     * @param id the old id, which is dead once this returns a new one
     * @param data the data to store under the new id; its version is the one that must be stored under the old id
     * @param expires the expiry of the new record
     * @return the new id, or null, with nothing changed, if the old record is missing or expired or has another version
     */
    default @Nullable String rotateData(String id, SessionData data, Instant expires) {
        String newId = createData(data, expires);
        if (!updateData(id, data.withExpires(Instant.EPOCH), Instant.EPOCH)) {
            deleteData(newId);
            return null;
        }
        try {
            deleteData(id);
        } catch (RuntimeException e) {
            // Its expiry has ended the old record already; failing now would keep the new id from the user.
            LogFactory.getLog(SessionDataRepository.class)
                    .warn("A rotated session's old record has ended, but could not be deleted: "
                            + e.getClass().getName());
        }
        return newId;
    }

    /**
     * Whether {@link #rotateData} has moved a record away from this id within {@link #MOVED_FOR}. Asked for the id of a valid cookie
     * that names no record: a request which was sent before the browser knew the new id is told to repeat itself, in place of
     * getting a session whose cookie would take the new id from the browser. Where the record has moved to is nobody's business.
     *
     * @param id an id that {@link #createData} returned, or any other text
     * @return false unless overridden; never true for an id whose record was deleted or has expired
     */
    default boolean isMoved(String id) {
        return false;
    }

    /**
     * Whether {@link #readData} gives the version that is stored, and {@link #updateData}, {@link #extendData} and
     * {@link #rotateData} write nothing if that is another one than the data's.
     *
     * @return true unless overridden; false costs one read before each write, and makes a change by two processes at once the last
     *     one's
     */
    default boolean storesVersions() {
        return true;
    }

    /**
     * Whether what the calling thread writes now is final when the write returns, because it is in no transaction that the
     * write would join and that could undo it. Changes of one session that wait for each other in this process are then
     * written together, by one of their threads. Not for a thread that holds a connection of a pool: the others, for whom it
     * waits, may be waiting for that one.
     *
     * @return false unless overridden: each change is a write of its own
     */
    default boolean writesAreFinal() {
        return false;
    }

    /**
     * Runs an action if what the calling thread has just written is undone by the transaction that it is part of. The session
     * must not go on from a state that was never stored, and whose version another request's state may have by then.
     *
     * @param action takes the session back; of several, those of the last writes run first
     */
    default void ifUndone(Runnable action) {
        // Nothing, by default: no write takes part in a transaction.
    }

    /**
     * Whether a failure is that of the transaction which the calling thread has begun, and says nothing about the store: another
     * transaction was in its way, a statement of its own has failed before, or it is read-only. Nothing was written. Whoever began
     * it gets such an exception as it is, and may begin anew.
     *
     * @param failure what a method of this repository has thrown
     * @return false unless overridden
     */
    default boolean isOfTransaction(RuntimeException failure) {
        return false;
    }
}
