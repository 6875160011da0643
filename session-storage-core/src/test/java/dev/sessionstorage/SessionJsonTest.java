package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Compares the splitting of a session's JSON into attributes with Jackson's own trees. */
class SessionJsonTest {

    private static final String[] PIECES = {
        "a",
        "Zz9 ",
        "\"",
        "\\",
        "/",
        "\n\t",
        "\u0000\u001f",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "é",
        "€",
        "李",
        "👩‍🚀",
        "\u2028",
        "__",
        "\\u0041"
    };

    private final JsonMapper mapper = JsonMapper.shared();
    private final SessionJson json = new SessionJson(null);

    static List<Long> seeds() {
        Random random = new Random();
        List<Long> seeds = new ArrayList<>(List.of(1L, 2L, 3L));
        random.longs(97).forEach(seeds::add);
        return seeds;
    }

    /** The test's name shows the seed. Add it to the list above to reproduce a failure. */
    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsSplitIsWhatJacksonReads(long seed) {
        Random random = new Random(seed);
        Map<String, Object> content = new LinkedHashMap<>();
        int size = random.nextInt(8);
        for (int i = 0; i < size; i++) {
            content.put(i + text(random, 6), value(random, 0));
        }
        JsonMapper writer = random.nextBoolean()
                ? mapper
                : JsonMapper.builder()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build();
        String text = writer.writeValueAsString(content);

        Map<String, String> attributes = json.split(text);

        JsonNode tree = mapper.readTree(text);
        assertThat(attributes.keySet()).containsExactlyElementsOf(content.keySet());
        attributes.forEach((name, value) -> {
            assertThat(mapper.readTree(value)).isEqualTo(tree.get(name));
            assertThat(value).isEqualTo(value.strip());
            assertThat(text).contains(value);
        });
        assertThat(mapper.readTree(json.join(attributes))).isEqualTo(tree);
        assertThat(json.split(json.join(attributes))).isEqualTo(attributes);
        if (writer == mapper) {
            assertThat(json.join(attributes)).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aDamagedTextIsSplitOnlyIfJacksonReadsIt(long seed) {
        Random random = new Random(seed);
        String whole = "{\"userId\":4711,\"a\":\"é {/} [,]\",\"admin\":false,\"b\":-1,\"c\":true,\"d\":0}";
        String damage = "{}[]\":,\\ \n0-19.etruefalsnl\u0000\ud83d";
        for (int i = 0; i < 200; i++) {
            StringBuilder damaged = new StringBuilder(whole);
            for (int n = random.nextInt(3); n >= 0; n--) {
                int at = random.nextInt(damaged.length());
                char c = damage.charAt(random.nextInt(damage.length()));
                damaged.replace(at, at + random.nextInt(2), random.nextInt(3) == 0 ? "" : String.valueOf(c));
            }
            assertSplitsAsJackson(damaged.toString());
        }
    }

    private void assertSplitsAsJackson(String text) {
        Map<String, JsonNode> expected = new LinkedHashMap<>();
        try {
            mapper.readerFor(ObjectNode.class).readTree(text).forEachEntry((name, value) -> {
                if (!value.isNull()) {
                    expected.put(name, value);
                }
            });
        } catch (JacksonException refused) {
            assertThatThrownBy(() -> json.split(text)).as(text).isInstanceOf(JacksonException.class);
            return;
        }
        Map<String, JsonNode> actual = new LinkedHashMap<>();
        json.split(text).forEach((name, value) -> actual.put(name, mapper.readTree(value)));
        assertThat(actual).as(text).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aValueIsWrittenAsJacksonWouldAndReadBack(long seed) {
        Object value = value(new Random(seed), 0);
        String text = json.encode("v", value, value.getClass());

        assertThat(text).isEqualTo(mapper.writeValueAsString(value));
        assertThat(mapper.valueToTree(json.decode("v", text, Object.class)).toString())
                .isEqualTo(mapper.readTree(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " {} ",
                "{\"a\":1}",
                "{\"a\":-0.5e-7 , \"b\":true}",
                "{\"a\":\"\",\"b\":[],\"c\":{}}",
                "{\n\"a\"\n:\n[1,\n2]\n}",
                "{\"\":0}",
                "{\"a\":1,\"a\":2}"
            })
    void handwrittenObjectsAreSplit(String text) {
        assertThat(mapper.readTree(json.join(json.split(text)))).isEqualTo(mapper.readTree(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "\"a\"",
                "{",
                "}",
                "{\"a\"}",
                "{\"a\":1,}",
                "{\"a\":1}}",
                "{} {}",
                "{'a':1}",
                "{\"a\":01}",
                "nul",
                "{\"a\":tru}",
                "// x\n{}"
            })
    void whatIsNoObjectIsRefused(String text) {
        assertThatThrownBy(() -> json.split(text)).isInstanceOf(JacksonException.class);
    }

    private static Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 3 ? 6 : 8)) {
            case 0 -> random.nextInt();
            case 1 -> random.nextLong();
            case 2 -> random.nextGaussian();
            case 3 -> random.nextBoolean();
            case 4 -> text(random, 12);
            case 5 -> random.nextInt(20) == 0 ? text(random, 9_000) : "";
            case 6 -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    list.add(value(random, depth + 1));
                }
                yield list;
            }
            default -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    map.put(text(random, 4), value(random, depth + 1));
                }
                yield map;
            }
        };
    }

    private static String text(Random random, int maxPieces) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(maxPieces); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }
}
