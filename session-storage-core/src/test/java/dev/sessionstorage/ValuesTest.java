package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.ParameterizedTypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.TokenBuffer;

/** Which values a session can keep, and as which types they come back. */
class ValuesTest {

    private final Scene scene = new Scene();

    record Point(int x, int y, Optional<String> label) {}

    static final class Unwritable {
        @SuppressWarnings("UnusedVariable")
        private final Thread thread = new Thread(() -> {});
    }

    static Stream<Object> naturalValues() {
        return Stream.of(
                "",
                "text",
                "Zoë 👩‍🚀 \u0000 \" \\ </script>",
                true,
                false,
                0,
                -1,
                Integer.MAX_VALUE,
                2_147_483_648L,
                Long.MIN_VALUE,
                new BigInteger("9223372036854775808"),
                0.5,
                -1.0e300,
                0.1,
                new BigDecimal("0.1234567890123456789012345"),
                new BigDecimal("1E+400"),
                List.of(),
                List.of(1, "a", List.of(true)),
                Map.of(),
                Map.of("a", Map.of("b", List.of(1.5))),
                Arrays.asList(1, null),
                Collections.singletonMap("a", null));
    }

    @ParameterizedTest
    @MethodSource("naturalValues")
    void aNaturalValueComesBackAsItIs(Object value) {
        String cookie = scene.stored(session -> {
            session.set("v", value);
            assertThat(session.get("v")).isEqualTo(value);
        });

        assertThat(scene.seen(cookie, "v")).isEqualTo(value);
        assertThat(scene.storage.getSession(cookie).data()).isEqualTo(Map.of("v", value));
    }

    static Stream<Object> typedValues() {
        return Stream.of(
                new Point(1, 2, Optional.of("a")),
                new Point(1, 2, Optional.empty()),
                TimeUnit.DAYS,
                UUID.fromString("3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
                Instant.parse("2026-01-02T03:04:05.123456789Z"),
                LocalDate.of(2026, 2, 28),
                new BigDecimal("12345678901234567890.1234567890"),
                new BigDecimal("1.10"),
                7L,
                1.5f,
                'x');
    }

    @ParameterizedTest
    @MethodSource("typedValues")
    void aTypedValueComesBackAsItsType(Object value) {
        String cookie = scene.stored(session -> session.set("v", value));

        assertThat((Object) scene.storage.getSession(cookie).get("v", value.getClass()))
                .isEqualTo(value);
    }

    @Test
    void genericTypesAreRead() {
        List<Point> points = List.of(new Point(1, 2, Optional.empty()), new Point(3, 4, Optional.of("b")));
        Map<UUID, List<Instant>> times = Map.of(new UUID(1, 2), List.of(Instant.EPOCH));
        String cookie = scene.stored(session -> {
            session.set("points", points);
            session.set("times", times);
        });

        Session session = scene.storage.getSession(cookie);
        assertThat(session.get("points", new ParameterizedTypeReference<List<Point>>() {}))
                .isEqualTo(points);
        assertThat(session.get("times", new ParameterizedTypeReference<Map<UUID, List<Instant>>>() {}))
                .isEqualTo(times);
    }

    @Test
    void aBufferKeepsEachNumberAsItIsWritten() {
        Object[] numbers = {new BigDecimal("19.90"), 12345678.0};
        JsonNode tree = JsonMapper.shared().valueToTree(numbers);
        String cookie = scene.stored(session -> session.set("numbers", tree));
        TokenBuffer buffer = scene.storage.getSession(cookie).get("numbers", TokenBuffer.class);
        assertThat(JsonMapper.shared().writeValueAsString(buffer)).isEqualTo("[19.90,1.2345678E7]");
    }

    @Test
    void numbersAreReadAsTheTypeThatIsAskedFor() {
        String cookie = scene.stored(session -> session.set("n", 7));
        Session session = scene.storage.getSession(cookie);

        assertThat(session.get("n", Long.class)).isEqualTo(7L);
        assertThat(session.get("n", long.class)).isEqualTo(7L);
        assertThat(session.get("n", BigDecimal.class)).isEqualTo(new BigDecimal(7));
        assertThat(session.get("absent", Long.class)).isNull();
        assertThat(session.get("absent", long.class)).isNull();
        scene.storage.commitSession(session);
        assertThat(scene.repository.calls).containsExactly("read");
    }

    @Test
    void aValueThatDoesNotFitTheTypeIsAClearError() {
        String cookie = scene.stored(session -> session.set("secret", "hunter2"));

        assertThatIllegalStateException()
                .isThrownBy(() -> scene.storage.getSession(cookie).get("secret", Integer.class))
                .withMessageContainingAll("'secret'", "java.lang.Integer");
    }

    @Test
    void whatIsNotJsonIsRefusedWhenItIsSet() {
        Session session = scene.storage.getSession();
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        Map<String, Object> unreadable = new HashMap<>();
        unreadable.put("part", new Unwritable());

        for (Object value : List.of(cycle, unreadable)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> session.set("bad", value))
                    .withMessageContaining("'bad'");
            assertThatIllegalArgumentException().isThrownBy(() -> session.flash("bad", value));
            assertThatIllegalArgumentException().isThrownBy(() -> session.update("bad", Object.class, old -> value));
        }
        assertThat(session.has("bad")).isFalse();
        assertThat(session.data()).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway") // what callers without a null check do
    void nullIsRefused() {
        Session session = scene.storage.getSession();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> session.set("a", null))
                .withMessageContaining("'a' may not be null: use unset");
        assertThatIllegalArgumentException().isThrownBy(() -> session.flash("a", null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> session.set("a", Optional.empty()))
                .withMessageContaining("use unset");
        assertThatIllegalArgumentException().isThrownBy(() -> session.update("a", String.class, old -> null));
        assertThat(session.has("a")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"__", "__flash_x__", "__idle_timeout__", "__x"})
    void reservedNamesAreRefused(String name) {
        Session session = scene.storage.getSession();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> session.set(name, 1))
                .withMessageContaining("'" + name + "' is reserved");
        assertThatIllegalArgumentException().isThrownBy(() -> session.unset(name));
        assertThatIllegalArgumentException().isThrownBy(() -> session.flash(name, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> session.update(name, Integer.class, n -> 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "_x", "ünï👩‍🚀", "a.b[0]\"\\\n", "constructor"})
    void anyOtherNameIsFine(String name) {
        String cookie = scene.stored(session -> session.set(name, 1));

        assertThat(scene.seen(cookie, name)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud800", "a\ud83db", "\udc00", "\ud83d\ud83d\ude00", "\ude00\ud83d"})
    void halfASurrogatePairIsRefused(String text) {
        Session session = scene.storage.getSession();

        for (String value : List.of(text, "x".repeat(7_999) + text, text + "x".repeat(40_000))) {
            assertThatIllegalArgumentException().isThrownBy(() -> session.set("a", value));
            assertThatIllegalArgumentException().isThrownBy(() -> session.set("a", Map.of(value, 1)));
            assertThatIllegalArgumentException().isThrownBy(() -> session.set("a", List.of(value)));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> session.set(text, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> session.flash(text, 1));
        assertThat(session.data()).isEmpty();
    }

    @Test
    void aDeepValueIsRefusedOrComesBack() {
        for (int depth : new int[] {100, 498, 499, 500, 501}) {
            Object value = "leaf";
            for (int i = 0; i < depth; i++) {
                value = List.of(value);
            }
            Object nested = value;
            try {
                String cookie = scene.stored(session -> session.set("deep", nested));
                assertThat(scene.storage.getSession(cookie).isNew())
                        .as("depth " + depth)
                        .isFalse();
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageContaining("'deep'");
            }
        }
    }

    @Test
    void aLongNameIsRefusedOrComesBack() {
        for (int length : new int[] {1_000, 50_000, 50_001}) {
            try {
                String cookie = scene.stored(session -> session.set("n".repeat(length), 1));
                assertThat(scene.storage.getSession(cookie).isNew())
                        .as("length " + length)
                        .isFalse();
            } catch (IllegalArgumentException refused) {
                assertThat(length).isGreaterThan(1_000);
            }
        }
    }

    @Test
    void aLongNumberIsRefusedOrComesBack() {
        for (int digits : new int[] {999, 1_000, 1_001}) {
            BigInteger number = BigInteger.TEN.pow(digits - 1);
            try {
                String cookie = scene.stored(session -> session.set("n", number));
                scene.request(cookie, session -> session.set("n", number.add(BigInteger.ONE)));
                assertThat(scene.seen(cookie, "n")).isEqualTo(number.add(BigInteger.ONE));
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageContaining("'n'");
            }
        }
    }
}
