package dev.sessionstorage.test;

import java.io.Serializable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The session's contents that one operation saw at some moment between {@code from} and {@code to}.
 *
 * @param list the list attribute: the tokens of appends, in their order
 * @param attributes the names of attributes that blind sets created
 * @param register the token of the last set-after-read, or null
 * @param flash the waiting flash token, or null if there was none or the operation did not look
 * @param flashSeen whether the operation looked for a flash value
 * @param createdAt when the session says it was created, epoch milliseconds
 */
record HistoryState(
        List<String> list,
        Set<String> attributes,
        @Nullable String register,
        @Nullable String flash,
        boolean flashSeen,
        long createdAt,
        long from,
        long to)
        implements Serializable {

    /** Returns everything that never disappears once written: the list's tokens and the attributes' names. */
    Set<String> contents() {
        Set<String> contents = new LinkedHashSet<>(list);
        contents.addAll(attributes);
        return contents;
    }
}
