package dev.sessionstorage;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The rules for all commits of a storage. */
record CommitRules(SessionTimeouts timeouts, SessionJson json, boolean lastWriteWins, int maxSize) {

    /** The same data, created now. */
    SessionData begin(SessionData data) {
        return data.withCreatedAt(timeouts.clock().instant());
    }

    /**
     * The attributes as the JSON to store.
     *
     * @throws IllegalStateException if it is too large
     */
    String join(Map<String, String> attributes) {
        String text = json.join(attributes);
        // A char takes at most three bytes of UTF-8, so most sessions need not be encoded to be measured.
        if (text.length() > maxSize / 3) {
            checkSize(text.getBytes(StandardCharsets.UTF_8).length);
        }
        return text;
    }

    private void checkSize(int bytes) {
        if (bytes > maxSize) {
            throw new IllegalStateException("The session's JSON has " + bytes + " bytes, more than the max-size of "
                    + maxSize + ": keep ids in the session and the rest elsewhere, or raise session.max-size");
        }
    }
}
