package dev.sessionstorage;

/** A repository whose expired records have to be deleted by somebody, because the store does not do so itself. */
public interface ExpiredSessionRepository extends SessionDataRepository {

    /**
     * Deletes some expired records in one short transaction. Safe to call from many nodes at once.
     *
     * @param limit the largest number of records to delete, at least 1
     * @return how many were deleted; fewer than {@code limit} means that none are left for this caller
     */
    int deleteExpired(int limit);
}
