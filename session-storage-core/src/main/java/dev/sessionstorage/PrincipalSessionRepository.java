package dev.sessionstorage;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A repository that finds sessions by their principal, for "your devices" and "sign out everywhere". Applications use it
 * through {@link Sessions}.
 *
 * <p>Principals are compared exactly: case, accents and trailing blanks count, although some databases ignore them by default.
 *
 * <p>A <em>handle</em> names a stored session without giving access to it: the hash of its id.
 */
public interface PrincipalSessionRepository extends SessionDataRepository {

    /**
     * Whether this is a valid name of a principal. Databases cannot store NUL. Half a surrogate pair has no UTF-8 encoding: it
     * would become a question mark, which is another name. A repository finds nothing for an invalid name.
     *
     * @param name a text that may come from a browser
     * @return true for 1 to 255 characters, not all blank, without NUL and without half of a surrogate pair
     */
    static boolean isPrincipal(String name) {
        return !name.isBlank()
                && name.length() <= 255
                && name.codePoints().noneMatch(c -> c == 0 || Character.getType(c) == Character.SURROGATE);
    }

    /**
     * Finds all sessions of a principal that have not expired.
     *
     * @param principal the principal's name
     * @return a map from handle to the data that {@link #readData} would return, the oldest session first
     */
    Map<String, SessionData> findByPrincipal(String principal);

    /**
     * Deletes one session of a principal.
     *
     * @param principal the principal's name
     * @param handle a handle from {@link #findByPrincipal}
     * @return false if the principal has no such session
     */
    boolean deleteByHandle(String principal, String handle);

    /**
     * Deletes all sessions of a principal, including one that {@link #rotateData} moves to a new id at the same time.
     *
     * @param principal the principal's name
     * @param exceptHandle the handle of a session to keep, or null to keep none
     * @return how many were deleted
     */
    int deleteByPrincipal(String principal, @Nullable String exceptHandle);
}
