package dev.sessionstorage.test;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a history: one {@code getSession … commitSession} or {@code destroySession}. The thread that runs it fills it
 * in; the checker reads it when all threads are done. Ids are kept as hashes. Times are {@link System#nanoTime()}, which on
 * Linux is CLOCK_MONOTONIC, the same for every process of a machine.
 */
final class HistoryOperation implements Serializable {

    /** What the operation does, and how many of a hundred operations are of this kind. */
    enum Kind {
        /** Reads everything, a flash value included, and does not commit. */
        READ(16),
        /** Sets an attribute named after the token. */
        BLIND_SET(13),
        /** Reads the register, then sets it to {token, token read}. */
        SET_AFTER_READ(13),
        /** Appends the token to the list by {@code update}. */
        APPEND(18),
        /** An append and a blind set in one commit, which must be atomic. */
        APPEND_AND_SET(6),
        /** Sets the flash value to the token. */
        FLASH(8),
        /** Gets the flash value and commits. */
        CONSUME(10),
        /** Only reads, and commits when the expiry is due to slide. */
        EXTEND(6),
        /** Appends the token and rotates the id. */
        ROTATE(4),
        /** Destroys the session. */
        DESTROY(2),
        /** Gives the record an expiry in the past. */
        EXPIRE(2),
        /** Deletes expired records. */
        CLEAN_UP(2),
        /** Appends the token to a new session, after a session was found to be gone. */
        CREATE(0);

        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }

        static Kind random(Random random) {
            int left = random.nextInt(100);
            for (Kind kind : values()) {
                left -= kind.weight;
                if (left < 0) {
                    return kind;
                }
            }
            throw new IllegalStateException("The weights do not add up to 100");
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** How the operation ended. */
    enum Outcome {
        /** Acknowledged: it has taken effect. */
        OK,
        /** Refused: it has certainly not taken effect. */
        FAILED,
        /** The repository failed during the write: it may have taken effect. */
        UNKNOWN
    }

    final Kind kind;
    /** What the operation writes: the thread and its operation's number, unique in the history. */
    final String token;

    /** The hash of the id that the cookie named, or null if there was none. */
    @Nullable
    String id;
    /** Whether that id opened a session. */
    boolean found;
    /** Whether that id was found to be gone, by the read or by the commit. */
    boolean gone;
    /** The cookie that the commit returned, if its id has changed. */
    @Nullable
    HistoryCookie newCookie;
    /** The register's token that a set-after-read read. */
    @Nullable
    String previous;
    /** The flash token that the operation consumed. */
    @Nullable
    String consumed;

    @Nullable
    HistoryState state;

    /** An exception that no operation may throw. */
    @Nullable
    String surprise;

    Outcome outcome = Outcome.UNKNOWN;
    long invoked;
    /** When the read had finished. */
    long read;
    /** When the write began; 0 if it never did. */
    long committing;

    long completed;

    HistoryOperation(Kind kind, String token) {
        this.kind = kind;
        this.token = token;
    }

    boolean isOk() {
        return outcome == Outcome.OK;
    }

    /** Whether its commit is a write that an ended session must refuse. */
    boolean writes() {
        return switch (kind) {
            case BLIND_SET, SET_AFTER_READ, APPEND, APPEND_AND_SET, FLASH, ROTATE, CREATE -> committing > 0;
            case CONSUME -> consumed != null && committing > 0;
            case READ, EXTEND, DESTROY, EXPIRE, CLEAN_UP -> false;
        };
    }

    /** Whether it ends its id if it succeeds. */
    boolean ends() {
        return found && (kind == Kind.DESTROY || isExclusiveEnd());
    }

    /** Whether at most one operation of this kind can succeed for an id. */
    boolean isExclusiveEnd() {
        return found && (kind == Kind.ROTATE || kind == Kind.EXPIRE);
    }

    boolean writesFlash() {
        return kind == Kind.FLASH || (kind == Kind.CONSUME && consumed != null);
    }

    /** The hash of the id that its commit returned, or null. */
    @Nullable
    String newId() {
        return newCookie == null ? null : newCookie.id();
    }

    /** Returns what it adds to {@link HistoryState#contents()}. */
    List<String> adds() {
        return switch (kind) {
            case BLIND_SET -> List.of(attribute());
            case APPEND, ROTATE, CREATE -> List.of(token);
            case APPEND_AND_SET -> List.of(token, attribute());
            default -> List.of();
        };
    }

    /** The attribute that a blind set creates. */
    String attribute() {
        return attribute(token);
    }

    static String attribute(String token) {
        return "set-" + token;
    }

    static boolean isAttribute(String name) {
        return name.startsWith("set-");
    }

    /** Returns the token of an element of {@link HistoryState#contents()}. */
    static String tokenOf(String content) {
        return isAttribute(content) ? content.substring("set-".length()) : content;
    }

    /** Describes the operation for people: its session by a short hash only, its times in milliseconds since a start. */
    String describe(long start) {
        String newId = newId();
        String session = id == null ? newId : id;
        return "%s %s (%s%s, session %s%s, %.3f to %.3f ms)"
                .formatted(
                        kind,
                        token,
                        outcome.name().toLowerCase(Locale.ROOT),
                        committing == 0 ? "" : " commit from %.3f".formatted((committing - start) / 1e6),
                        session == null ? "none" : shortHash(session),
                        id == null || newId == null ? "" : " to " + shortHash(newId),
                        (invoked - start) / 1e6,
                        (completed - start) / 1e6);
    }

    static String shortHash(String hash) {
        return hash.substring(0, Math.min(8, hash.length()));
    }
}
