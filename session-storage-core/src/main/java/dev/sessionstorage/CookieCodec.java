package dev.sessionstorage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns an id into a cookie's value and back, byte for byte as Remix, React Router and SolidStart do:
 * {@code encodeURIComponent(base64(JSON(id)) + "." + base64(HMAC-SHA256(secret, base64(JSON(id)))))}, the signature
 * without padding (React Router, {@code packages/react-router/lib/server-runtime/cookies.ts} and {@code crypto.ts}).
 */
final class CookieCodec {

    private static final int MAX_BYTES = 4096;
    private static final Base64.Encoder PADDED = Base64.getEncoder();
    private static final Base64.Encoder UNPADDED = Base64.getEncoder().withoutPadding();
    private static final JsonMapper JSON = JsonMapper.shared();

    private final SessionCookie cookie;
    /** One for each secret. Each thread signs with a clone, so none waits for another. */
    private final List<Mac> macs;
    /** The parts of the Set-Cookie header before and after the cookie's value. */
    private final String start;

    private final String end;

    CookieCodec(SessionCookie cookie) {
        this.cookie = cookie;
        this.start = cookie.name() + "=";
        this.end = cookie.header("", null).substring(start.length());
        this.macs = cookie.secrets().stream().map(CookieCodec::mac).toList();
    }

    /** A verified id and the cookie's value that carries it. The value is null unless the current secret signed it. */
    record Verified(String id, @Nullable String value) {
        @Override
        public String toString() {
            return "Verified[" + SessionId.shortHash(id) + "]";
        }
    }

    /** The Set-Cookie header for a value and a max-age; null means until the browser closes. */
    String header(String value, @Nullable Duration age) {
        return age != null ? cookie.header(value, age) : start + value + end;
    }

    /** The cookie's value for an id; unsigned if the cookie has no secret. */
    String encode(String id) {
        String json = PlainJson.isPlain(id) ? '"' + id + '"' : JSON.writeValueAsString(id);
        byte[] payload = PADDED.encode(json.getBytes(UTF_8));
        String value = new String(payload, ISO_8859_1);
        if (!macs.isEmpty()) {
            value += "." + new String(sign(macs.get(0), payload, payload.length), ISO_8859_1);
        }
        return value.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D");
    }

    /** The id that a cookie's value carries, or null if it is too long, malformed or not signed by one of the secrets. */
    @Nullable
    Verified decode(String value) {
        byte[] text = value.length() > MAX_BYTES ? null : percentDecode(value);
        if (text == null || macs.isEmpty()) {
            return text == null ? null : verified(text, null);
        }
        int dot = text.length - 1;
        while (dot >= 0 && text[dot] != '.') {
            dot--;
        }
        if (dot < 0) {
            return null;
        }
        byte[] signature = Arrays.copyOfRange(text, dot + 1, text.length);
        for (Mac mac : macs) {
            // Comparing the texts, not the decoded bytes, refuses every other spelling of the same signature.
            if (MessageDigest.isEqual(sign(mac, text, dot), signature)) {
                // The value is safe to send again: any spelling of it consists of
                // base64 characters, a dot and percent escapes.
                return verified(Arrays.copyOf(text, dot), mac == macs.get(0) ? value : null);
            }
        }
        return null;
    }

    private static @Nullable Verified verified(byte[] payload, @Nullable String value) {
        String id = id(payload);
        return id == null ? null : new Verified(id, value);
    }

    /** The values of all cookies of the name in a Cookie header, in their order (RFC 6265, 4.2.1). */
    List<String> values(@Nullable String header) {
        List<String> values = new ArrayList<>(1);
        int start = 0;
        while (header != null && start < header.length()) {
            int semicolon = header.indexOf(';', start);
            int end = semicolon < 0 ? header.length() : semicolon;
            int equals = header.indexOf('=', start);
            if (equals >= 0 && equals < end && isName(header, start, equals)) {
                values.add(unquote(trim(header, equals + 1, end)));
            }
            start = end + 1;
        }
        return values;
    }

    /** Compares in place: requests carry many other cookies, and their names need not be copied. */
    private boolean isName(String header, int from, int to) {
        int start = trimmedStart(header, from, to);
        int end = trimmedEnd(header, start, to);
        return end - start == cookie.name().length() && header.startsWith(cookie.name(), start);
    }

    private static String trim(String text, int from, int to) {
        int start = trimmedStart(text, from, to);
        return text.substring(start, trimmedEnd(text, start, to));
    }

    private static int trimmedStart(String text, int from, int to) {
        int start = from;
        while (start < to && isBlank(text.charAt(start))) {
            start++;
        }
        return start;
    }

    private static int trimmedEnd(String text, int from, int to) {
        int end = to;
        while (end > from && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    /**
     * Trims only what browsers trim. After any other space, a browser sees no {@code __Host-} prefix and lets any site set the
     * cookie.
     */
    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static String unquote(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    /**
     * The decoded bytes, or null if they are malformed. A character beyond Latin-1 becomes a question mark, which no valid
     * cookie has.
     */
    private static byte @Nullable [] percentDecode(String value) {
        byte[] bytes = value.getBytes(ISO_8859_1);
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            int c = bytes[i];
            if (c == '%') {
                c = i + 2 < bytes.length
                        ? (Character.digit(bytes[i + 1], 16) << 4) | Character.digit(bytes[i + 2], 16)
                        : -1;
                i += 2;
                if (c < 0) {
                    return null;
                }
            }
            bytes[length++] = (byte) c;
        }
        return Arrays.copyOf(bytes, length);
    }

    private static @Nullable String id(byte[] payload) {
        try {
            byte[] json = Base64.getDecoder().decode(payload);
            String text = new String(json, UTF_8);
            if (text.length() > 2 && PlainJson.isPlainText(text)) {
                return text.substring(1, text.length() - 1);
            }
            JsonNode node = JSON.readTree(json);
            return node.isString() && !node.stringValue().isEmpty() ? node.stringValue() : null;
        } catch (IllegalArgumentException | JacksonException malformed) {
            return null;
        }
    }

    private static byte[] sign(Mac prototype, byte[] text, int length) {
        try {
            return finish((Mac) prototype.clone(), text, length);
        } catch (CloneNotSupportedException e) {
            // The Mac of a security module, as in Java's FIPS mode, cannot be cloned.
            synchronized (prototype) {
                return finish(prototype, text, length);
            }
        }
    }

    private static byte[] finish(Mac mac, byte[] text, int length) {
        mac.update(text, 0, length);
        return UNPADDED.encode(mac.doFinal());
    }

    private static Mac mac(String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
            // Clones of a started Mac need not hash the key again.
            mac.update(new byte[0]);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256", e);
        }
    }
}
