package dev.sessionstorage;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Makes session ids, and the hashes under which repositories store them. */
public final class SessionId {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    private static final Pattern HASH = Pattern.compile("[A-Za-z0-9_-]{43}");

    private SessionId() {}

    /**
     * Makes a new id: 32 bytes from {@link SecureRandom} in base64url, 43 characters. OWASP ASVS 5.0 (7.2.3) asks for at
     * least 128 bits of entropy; this is 256.
     *
     * @return the id
     */
    public static String create() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return BASE64URL.encodeToString(bytes);
    }

    /**
     * The SHA-256 of an id in base64url, 43 characters: what a repository stores instead of the id, so that a leaked
     * table or backup opens no session. Unsalted on purpose: the id has 256 bits of entropy already.
     *
     * @param id an id that a cookie carries
     * @return its hash, which does not work as an id
     */
    public static String hash(String id) {
        return BASE64URL.encodeToString(sha256().digest(id.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Whether a text has the form of a hash, and so of a session's handle. It may come from a browser, so it may be any text.
     *
     * @param text a text
     * @return true for 43 characters of base64url
     */
    public static boolean isHash(String text) {
        return HASH.matcher(text).matches();
    }

    /** Enough of the hash to tell sessions apart in a log. */
    static String shortHash(String id) {
        return hash(id).substring(0, 8);
    }

    static String sha256Hex(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
