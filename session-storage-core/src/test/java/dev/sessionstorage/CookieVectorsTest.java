package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The cookies of a Node front end, byte for byte. */
class CookieVectorsTest {

    private final AtomicReference<String> lastRead = new AtomicReference<>("nothing");

    @ParameterizedTest
    @MethodSource("vectors")
    void aCommittedIdBecomesTheSameValue(JsonNode vector) {
        SessionStorage storage = storage(vector);
        Session session = storage.getSession();
        session.set("a", 1);

        assertThat(Scene.sent(storage.commitSession(session)))
                .isEqualTo("__session=" + vector.get("setCookieValue").stringValue());
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void theValueNamesTheId(JsonNode vector) {
        Session session = storage(vector)
                .getSession("__session=" + vector.get("setCookieValue").stringValue());

        assertThat(session.id()).isEqualTo(vector.get("id").stringValue());
        assertThat(lastRead).hasValue(vector.get("id").stringValue());
    }

    @ParameterizedTest
    @MethodSource("mustNotVerify")
    void aForgedValueReachesNoRepository(JsonNode vector) {
        Session session = storage(vector)
                .getSession("__session=" + vector.get("setCookieValue").stringValue());

        assertThat(session.isNew()).isTrue();
        assertThat(lastRead).hasValue("nothing");
    }

    private SessionStorage storage(JsonNode vector) {
        String[] secrets =
                vector.get("secrets").valueStream().map(JsonNode::stringValue).toArray(String[]::new);
        Instant soon = Clock.systemUTC().instant().plus(Duration.ofHours(1));
        return SessionStorage.builder()
                .cookie(SessionCookie.named("__session").withSecrets(secrets))
                .createData((data, expires) -> vector.get("id").stringValue())
                .readData(id -> {
                    lastRead.set(id);
                    return SessionData.fromJson("{}", 0, Clock.systemUTC().instant(), null, soon);
                })
                .updateData((id, data, expires) -> true)
                .deleteData(id -> {})
                .build();
    }

    static Stream<JsonNode> vectors() throws Exception {
        return read("vectors").stream();
    }

    static Stream<JsonNode> mustNotVerify() throws Exception {
        return read("mustNotVerify").stream();
    }

    private static List<JsonNode> read(String part) throws Exception {
        try (InputStream file = CookieVectorsTest.class.getResourceAsStream("/cookie-vectors.json")) {
            return JsonMapper.shared()
                    .readTree(Objects.requireNonNull(file))
                    .get(part)
                    .valueStream()
                    .toList();
        }
    }
}
