package dev.sessionstorage;

import java.time.Duration;

/** A repository whose store does not delete expired records itself, so that a cleanup job does. */
public interface ExpiredSessionRepository extends SessionDataRepository {

    /**
     * How long a record stays after its expiry: {@link SessionDataRepository#GRACE}, in which a request may still write it, and
     * ten minutes for a node whose clock is ahead.
     */
    Duration MARGIN = GRACE.plusMinutes(10);

    /**
     * Deletes records that expired at least {@link #MARGIN} ago, in one short transaction. Many nodes may call it at once.
     *
     * @param limit the largest number of records to delete, at least 1
     * @return how many were deleted; fewer than {@code limit} means that none are left for this caller
     */
    int deleteExpired(int limit);
}
