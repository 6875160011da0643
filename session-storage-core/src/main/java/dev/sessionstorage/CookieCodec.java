package dev.sessionstorage;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;
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

    private CookieCodec() {}

    /** The cookie's value for an id; unsigned if the cookie has no secret. */
    static String encode(SessionCookie cookie, String id) {
        String payload = PADDED.encodeToString(JSON.writeValueAsBytes(id));
        String value = cookie.secrets().isEmpty()
                ? payload
                : payload + "." + sign(payload, cookie.secrets().get(0));
        return value.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D");
    }

    /** The id that a cookie's value carries, or null if it is too long, malformed or not signed by one of the secrets. */
    static @Nullable String decode(SessionCookie cookie, String value) {
        String text = value.length() > MAX_BYTES ? null : percentDecode(value);
        if (text == null) {
            return null;
        }
        if (cookie.secrets().isEmpty()) {
            return id(text);
        }
        int dot = text.lastIndexOf('.');
        if (dot < 0) {
            return null;
        }
        String payload = text.substring(0, dot);
        byte[] signature = text.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
        for (String secret : cookie.secrets()) {
            // Comparing the texts, not the decoded bytes, refuses every other spelling of the same signature.
            if (MessageDigest.isEqual(sign(payload, secret).getBytes(StandardCharsets.UTF_8), signature)) {
                return id(payload);
            }
        }
        return null;
    }

    /** The values of all cookies of a name in a Cookie header, in their order (RFC 6265, 4.2.1). */
    static List<String> values(@Nullable String header, String name) {
        List<String> values = new ArrayList<>(1);
        int start = 0;
        while (header != null && start < header.length()) {
            int semicolon = header.indexOf(';', start);
            int end = semicolon < 0 ? header.length() : semicolon;
            int equals = header.indexOf('=', start);
            if (equals >= 0
                    && equals < end
                    && trim(header.substring(start, equals)).equals(name)) {
                values.add(unquote(trim(header.substring(equals + 1, end))));
            }
            start = end + 1;
        }
        return values;
    }

    /** Only what browsers trim: a name after any other space lacks the prefix {@code __Host-} to them, so any site may set it. */
    private static String trim(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static String unquote(String value) {
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    private static @Nullable String percentDecode(String value) {
        try {
            return StringUtils.uriDecode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static @Nullable String id(String payload) {
        try {
            JsonNode json = JSON.readTree(Base64.getDecoder().decode(payload));
            return json.isString() && !json.stringValue().isEmpty() ? json.stringValue() : null;
        } catch (IllegalArgumentException | JacksonException malformed) {
            return null;
        }
    }

    private static String sign(String payload, String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return UNPADDED.encodeToString(mac.doFinal(payload.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has HmacSHA256", e);
        }
    }
}
