package dev.sessionstorage.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sessionstorage.SessionId;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * The upper bound for sessions: hand-written code around a store's client. The id is signed in the cookie and hashed in the
 * store, and Jackson reads and writes the attributes.
 */
final class HandWrittenContender implements Contender {

    private static final ObjectReader READER =
            JsonMapper.shared().readerFor(new TypeReference<LinkedHashMap<String, Object>>() {});
    private static final ObjectWriter WRITER = JsonMapper.shared().writer();

    private final RawContender store;
    private final Map<String, Object> attributes;
    private final String changed;
    private final Mac keyed;

    HandWrittenContender(RawContender store, Map<String, Object> attributes) throws GeneralSecurityException {
        this.store = store;
        this.attributes = attributes;
        this.changed = attributes.keySet().iterator().next();
        this.keyed = Mac.getInstance("HmacSHA256");
        keyed.init(new SecretKeySpec(Applications.SECRET.getBytes(UTF_8), "HmacSHA256"));
        // Clones of an initialized Mac need not hash the key again.
        keyed.update(new byte[0]);
    }

    @Override
    public String name() {
        return "by hand on " + store.name();
    }

    @Override
    public String create() {
        String id = SessionId.create();
        store.create(SessionId.hash(id), WRITER.writeValueAsString(attributes));
        return id + "." + signature(id);
    }

    @Override
    public void read(String cookie) {
        RawContender.check(parse(store.text(key(cookie))).containsKey(changed));
    }

    @Override
    public void change(String cookie, long number) {
        store.change(key(cookie), text -> {
            Map<String, Object> session = parse(text);
            session.put(changed, Attributes.text(number));
            return WRITER.writeValueAsString(session);
        });
    }

    private static Map<String, Object> parse(String text) {
        return READER.readValue(text);
    }

    private String key(String cookie) {
        int dot = cookie.lastIndexOf('.');
        String id = cookie.substring(0, dot);
        byte[] given = cookie.substring(dot + 1).getBytes(UTF_8);
        RawContender.check(MessageDigest.isEqual(signature(id).getBytes(UTF_8), given));
        return SessionId.hash(id);
    }

    private String signature(String id) {
        try {
            byte[] signature = ((Mac) keyed.clone()).doFinal(id.getBytes(UTF_8));
            return Base64.getEncoder().withoutPadding().encodeToString(signature);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }
}
