package dev.sessionstorage;

import java.time.Duration;
import java.time.Instant;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Stores sessions. A custom repository needs only four methods: create, read, update and delete.
 *
 * <p>Many threads call every method at once. An exception thrown here reaches the caller of {@link SessionStorage} as a
 * {@link SessionUnavailableException}; a missing record is never an exception. If the caller may not do something at this
 * point, such as writing in a read-only transaction, throw an {@link UnsupportedOperationException}: the caller gets it as it
 * is.
 *
 * <p><b>Versions.</b> {@link SessionData#version()} is the version that the storage read. {@link #updateData} compares it with
 * the stored one and, if they are equal, stores the new data with {@code version + 1}, in one atomic step
 * ({@code update … set version = version + 1 where id = ? and version = ?}). That compare-and-set is what keeps concurrent
 * requests from losing each other's changes.
 *
 * <p><b>Without versions.</b> If {@code updateData} only checks that the record exists, let {@link #storesVersions} return
 * false. The storage then reads before each commit. Within one process no update is lost, at the price of one more round trip
 * per change. Between processes the last commit overwrites the whole session, and a rotation or the consumption of a flash
 * value can happen twice. Destroyed sessions stay destroyed.
 *
 * <p><b>Expiry.</b> From the instant {@code expires} on, no method may return the record, whether or not it has been deleted.
 * The precision is milliseconds. For {@link #GRACE} longer, a request that read the record before and is still running can
 * update, extend and rotate it. The record can also be deleted in that time, so that such a request does not bring it back.
 *
 * <p><b>Texts.</b> The JSON must come back character for character; a column type that rearranges it, such as PostgreSQL's
 * {@code jsonb}, does not work. A principal has at most 255 characters. An id may be any text of any length; an unknown one is
 * not found, which is no error.
 *
 * <p>The contract suite in {@code session-storage-test} checks all of this: extend {@code SessionDataRepositoryContract} and
 * supply the repository and a clock.
 */
public interface SessionDataRepository {

    /** How long after its expiry a record can still be written by a request that read it before. */
    Duration GRACE = Duration.ofMinutes(5);

    /** How long {@link #isMoved} is true for an old id: longer than a browser's requests overlap. */
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
     * @param expires the new expiry, the same as {@code data.expires()}; a past one hides the record, and ends it if it is
     *     longer ago than {@link #GRACE}
     * @return false, with nothing written, if the record is missing, expired longer ago than {@link #GRACE}, or has another
     *     version
     */
    boolean updateData(String id, SessionData data, Instant expires);

    /**
     * Deletes a record; an absent one is no error.
     *
     * @param id an id that {@link #createData} returned, or any other text
     */
    void deleteData(String id);

    /**
     * Moves the expiry of a record whose data has not changed. Override it if that is cheaper than writing the data again; the
     * version may stay as it is.
     *
     * @param id an id that {@link #createData} returned
     * @param data the data as it was read, with the new expiry
     * @param expires the new expiry, the same as {@code data.expires()}
     * @return false, with nothing written, if the record is missing, expired longer ago than {@link #GRACE}, or has another
     *     version
     */
    default boolean extendData(String id, SessionData data, Instant expires) {
        return updateData(id, data.withExpires(expires), expires);
    }

    /**
     * Moves a record to a new id, if it still has the version that the data carries. Override it if the store can do that in
     * one atomic step. The default creates the new record first, then ends the old one by a compare-and-set. So nothing is lost
     * if the process dies in between, and only one of two rotations wins.
     *
     * @param id the old id, which is dead once this returns a new one
     * @param data the data to store under the new id; its version is the one that must be stored under the old id
     * @param expires the expiry of the new record
     * @return the new id, or null, with nothing changed, if the old record is missing, expired longer ago than {@link #GRACE},
     *     or has another version
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
            // The old record has already ended by its expiry. A failure now would keep the new id from the user.
            LogFactory.getLog(SessionDataRepository.class)
                    .warn("A rotated session's old record has ended, but could not be deleted: "
                            + e.getClass().getName());
        }
        return newId;
    }

    /**
     * Whether {@link #rotateData} moved a record away from this id within the last {@link #MOVED_FOR}. The storage asks when a
     * valid cookie names no record. A request that was sent before the browser knew the new id must then be repeated: a new
     * session's cookie would overwrite the new id in the browser. The new id itself is not revealed.
     *
     * @param id an id that {@link #createData} returned, or any other text
     * @return false unless overridden; never true for an id whose record was deleted or has expired
     */
    default boolean isMoved(String id) {
        return false;
    }

    /**
     * Whether {@link #readData} returns the stored version, and {@link #updateData}, {@link #extendData} and
     * {@link #rotateData} write nothing if it differs from the data's.
     *
     * @return true unless overridden; false costs one read before each write, and of two processes that write at once the last
     *     one wins
     */
    default boolean storesVersions() {
        return true;
    }

    /**
     * Whether a write by the calling thread is final when it returns, because it joins no transaction that could still roll it
     * back. Concurrent changes of one session in this process are then written together, by one of their threads. Return false
     * for a thread that holds a pooled connection: it would wait for other threads, and they may be waiting for that
     * connection.
     *
     * @return false unless overridden: each change is written alone
     */
    default boolean writesAreFinal() {
        return false;
    }

    /**
     * Runs an action if the calling thread's transaction rolls back what was just written. Without it the session would
     * continue from a state that was never stored, and whose version another request's state may have by then.
     *
     * @param action resets the session; of several, that of the last write runs first
     */
    default void ifUndone(Runnable action) {
        // Nothing, by default: no write takes part in a transaction.
    }

    /**
     * Whether a failure belongs to the calling thread's transaction and says nothing about the store: another transaction
     * conflicted with it, an earlier statement failed, or it is read-only. Nothing was written. The caller gets such an
     * exception as it is, and may retry the transaction.
     *
     * @param failure an exception that a method of this repository threw
     * @return false unless overridden
     */
    default boolean isOfTransaction(RuntimeException failure) {
        return false;
    }
}
