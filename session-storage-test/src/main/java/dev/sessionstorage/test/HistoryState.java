package dev.sessionstorage.test;

import java.io.Serializable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one operation saw in a session, at some moment between {@code from} and {@code to}.
 *
 * @param list the list attribute: the tokens of appends, in their order
 * @param attributes names of attributes that blind sets made
 * @param register the token of the last set-after-read, or null
 * @param flash the waiting flash token, or null if there is none or nobody looked
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

    /** Everything that once written never goes away: the tokens of the list and the names of the attributes. */
    Set<String> contents() {
        Set<String> contents = new LinkedHashSet<>(list);
        contents.addAll(attributes);
        return contents;
    }
}
