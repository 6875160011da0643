package dev.sessionstorage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sessionstorage.SessionData;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A session as Redis keeps it: {@code expires version mark createdAt length principal+json}, in UTF-8. The expiry is 19 digits
 * wide, so that a script can overwrite it, and find the version, without touching the rest. The mark is different for every
 * write. The length is that of the principal in bytes, -1 if there is none.
 */
final class StoredSession {

    private static final int EXPIRES_WIDTH = 19;
    private static final int NUMBERS = 5;
    /** A version that no update can have read. */
    private static final long ENDED = -1;

    final byte[] value;
    /** The part by which the write is known again. */
    final byte[] versionAndMark;

    private StoredSession(byte[] value, byte[] versionAndMark) {
        this.value = value;
        this.versionAndMark = versionAndMark;
    }

    static StoredSession of(SessionData data, long version, Instant expires) {
        String versionAndMark = String.format(
                Locale.ROOT, "%d %016x ", version, ThreadLocalRandom.current().nextLong());
        String principal = data.principal();
        byte[] name = principal == null ? new byte[0] : principal.getBytes(UTF_8);
        String header = expires(expires) + " " + versionAndMark
                + data.createdAt().toEpochMilli() + " " + (principal == null ? -1 : name.length) + " ";
        byte[] json = data.toJson().getBytes(UTF_8);
        ByteBuffer value = ByteBuffer.allocate(header.length() + name.length + json.length);
        value.put(header.getBytes(UTF_8)).put(name).put(json);
        return new StoredSession(value.array(), versionAndMark.getBytes(UTF_8));
    }

    /** What a write that ends a session leaves under its key for a while: no session, but the mark of the write. */
    static StoredSession ended() {
        SessionData nothing = SessionData.fromJson("", ENDED, Instant.EPOCH, null, Instant.EPOCH);
        return of(nothing, ENDED, Instant.EPOCH);
    }

    /** An expiry in the width that every record has for it. */
    static String expires(Instant expires) {
        return String.format(Locale.ROOT, "%0" + EXPIRES_WIDTH + "d", expires.toEpochMilli());
    }

    static @Nullable SessionData parse(byte[] value) {
        try {
            String[] header = new String[NUMBERS];
            int at = 0;
            for (int i = 0; i < NUMBERS; i++) {
                int start = at;
                while (value[at] != ' ') {
                    at++;
                }
                header[i] = new String(value, start, at - start, UTF_8);
                at++;
            }
            long version = Long.parseLong(header[1]);
            if (version == ENDED) {
                return null;
            }
            int length = Integer.parseInt(header[4]);
            int json = at + Math.max(0, length);
            return SessionData.fromJson(
                    new String(value, json, value.length - json, UTF_8),
                    version,
                    instant(header[3]),
                    principal(value, at, length),
                    instant(header[0]));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return unreadable();
        }
    }

    private static @Nullable String principal(byte[] value, int at, int length) {
        return length < 0 ? null : new String(value, at, length, UTF_8);
    }

    private static Instant instant(String millis) {
        return Instant.ofEpochMilli(Long.parseLong(millis));
    }

    /** What is no JSON: the storage then warns, counts it, and gives this one user a new session. */
    private static SessionData unreadable() {
        Instant now = Instant.now();
        return SessionData.fromJson("not a session", 0, now, null, now.plusSeconds(60));
    }
}
