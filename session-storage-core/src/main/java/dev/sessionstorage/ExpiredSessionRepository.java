package dev.sessionstorage;

import java.time.Duration;

/** A repository whose expired records have to be deleted by somebody, because the store does not do so itself. */
public interface ExpiredSessionRepository extends SessionDataRepository {

    /**
     * How long records stay after their expiry: longer than a request may still write them, by as much as a node's clock may be
     * ahead of the others'.
     */
    Duration MARGIN = GRACE.plusMinutes(10);

    /**
     * Deletes some records in one short transaction that have expired {@link #MARGIN} ago. Safe to call from many nodes at once.
     *
     * @param limit the largest number of records to delete, at least 1
     * @return how many were deleted; fewer than {@code limit} means that none are left for this caller
     */
    int deleteExpired(int limit);
}
