package dev.sessionstorage.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sessionstorage.SessionData;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The format of a session in Redis: {@code expires version mark createdAt length principal+json}, in UTF-8. The expiry has 19
 * digits, so that a script can overwrite it and find the version without touching the rest. The mark differs for every write.
 * The length is the principal's in bytes, -1 if there is none.
 */
final class StoredSession {

    private static final int EXPIRES_WIDTH = 19;
    /** The upper bound of the five numbers' length. */
    private static final int HEADER_LENGTH = 96;
    /** Versions of the markers for a moved and an ended id. No update can have read them. */
    private static final long MOVED = -1;

    private static final long ENDED = -2;

    private StoredSession() {}

    static byte[] of(SessionData data, long version, Instant expires) {
        long mark = data.mark() != data.replacedMark()
                ? data.mark()
                : ThreadLocalRandom.current().nextLong();
        String principal = data.principal();
        int length = principal == null ? -1 : principal.getBytes(UTF_8).length;
        String name = principal == null ? "" : principal;
        String header = digits(expires) + " " + version + " " + hex(mark) + " "
                + data.createdAt().toEpochMilli() + " " + length + " ";
        return (header + name + data.toJson()).getBytes(UTF_8);
    }

    /** The marker that a rotation leaves under the old key for a while: no session, but the mark of the write. */
    static byte[] moved() {
        return without(MOVED);
    }

    /** The marker that ending a session leaves under its key for a while, so that a late write is refused. */
    static byte[] ended() {
        return without(ENDED);
    }

    private static byte[] without(long version) {
        return of(SessionData.fromJson("", version, Instant.EPOCH, null, Instant.EPOCH), version, Instant.EPOCH);
    }

    /** An expiry in the fixed width of every record. */
    static byte[] expires(Instant expires) {
        return ascii(digits(expires));
    }

    /** The version that a write replaces, and the mark if known, as a record contains them. */
    static byte[] replaced(SessionData data) {
        String version = data.version() + " ";
        return ascii(data.replacedMark() == 0 ? version : version + hex(data.replacedMark()) + " ");
    }

    /** Whether a value is the marker of a rotation. */
    static boolean isMoved(byte[] value) {
        String header = header(value);
        return header.startsWith(" " + MOVED + " ", EXPIRES_WIDTH);
    }

    static @Nullable SessionData parse(byte[] value) {
        try {
            String header = header(value);
            int version = behindSpace(header, 0);
            int mark = behindSpace(header, version);
            int createdAt = behindSpace(header, mark);
            int length = behindSpace(header, createdAt);
            int principal = behindSpace(header, length);
            if (number(header, version, mark) < 0) {
                return null;
            }
            int principalLength = Math.toIntExact(number(header, length, principal));
            int json = principal + Math.max(0, principalLength);
            return SessionData.fromJson(
                            new String(value, json, value.length - json, UTF_8),
                            number(header, version, mark),
                            Instant.ofEpochMilli(number(header, createdAt, length)),
                            principalLength < 0 ? null : new String(value, principal, principalLength, UTF_8),
                            Instant.ofEpochMilli(number(header, 0, version)))
                    .withMark(Long.parseUnsignedLong(header, mark, createdAt - 1, 16));
        } catch (NumberFormatException | ArithmeticException | IndexOutOfBoundsException e) {
            return unreadable();
        }
    }

    private static String header(byte[] value) {
        return new String(value, 0, Math.min(value.length, HEADER_LENGTH), ISO_8859_1);
    }

    private static String hex(long mark) {
        return HexFormat.of().toHexDigits(mark);
    }

    private static int behindSpace(String header, int from) {
        int space = header.indexOf(' ', from);
        if (space < 0) {
            throw new IndexOutOfBoundsException(from);
        }
        return space + 1;
    }

    /** The number before a space and the next field. */
    private static long number(String header, int from, int nextField) {
        return Long.parseLong(header, from, nextField - 1, 10);
    }

    private static String digits(Instant expires) {
        String millis = Long.toString(expires.toEpochMilli());
        return "0".repeat(EXPIRES_WIDTH - millis.length()) + millis;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }

    /** Data that is not JSON: the storage then warns, counts it, and gives this one user a new session. */
    private static SessionData unreadable() {
        Instant now = Instant.now();
        return SessionData.fromJson("not a session", 0, now, null, now.plusSeconds(60));
    }
}
