package dev.sessionstorage.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The part of the contract about ids that an attacker might try. */
abstract class RecordIdContract extends ConcurrentRepositoryContract {

    @Test
    void idsAreLongAndSafeInACookieAndNeverTheSame() {
        Set<String> ids = new HashSet<>();
        String before = "";
        for (int i = 0; i < 100; i++) {
            String id = create(data("{}"));

            assertThat(id).matches("[A-Za-z0-9_-]{43,}");
            assertThat(ids.add(id)).isTrue();
            assertThat(inCommon(id, before)).as("guessed from the one before").isLessThan(id.length() / 2);
            before = id;
        }
    }

    private static long inCommon(String id, String other) {
        return IntStream.range(0, Math.min(id.length(), other.length()))
                .filter(i -> id.charAt(i) == other.charAt(i))
                .count();
    }

    @Test
    void theHashOfAnIdIsNoId() {
        String id = create(data("{}"));
        SessionData seen = read(id);
        String hash = SessionId.hash(id);

        assertThat(repository.readData(hash)).isNull();
        assertThat(repository.updateData(hash, seen, in(HOUR))).isFalse();
        assertThat(repository.extendData(hash, seen, in(HOUR))).isFalse();
        assertThat(repository.rotateData(hash, seen, in(HOUR))).isNull();
        repository.deleteData(hash);

        assertThat(read(id)).isEqualTo(seen);
    }

    @Test
    void anIdInAnotherSpellingIsAnotherId() {
        String id = create(data("{}"));
        String otherCase =
                id.equals(id.toUpperCase(Locale.ROOT)) ? id.toLowerCase(Locale.ROOT) : id.toUpperCase(Locale.ROOT);

        for (String other : new String[] {otherCase, id + " ", " " + id, id + "=", id.substring(1)}) {
            assertThat(repository.readData(other)).as("other spelling").isNull();
            assertThat(repository.updateData(other, data("{}"), in(HOUR))).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "x", "👩‍🚀 Łódź", "' or '1'='1", "../%2e*?[a]_%{}:\t\r\n\\\"\u0001\u007f"})
    void anIdThatNobodyMadeIsNotFound(String id) {
        assertThat(repository.readData(id)).isNull();
        assertThat(repository.readData(id.repeat(4_000))).isNull();
        assertThat(repository.updateData(id, data("{}"), in(HOUR))).isFalse();
        assertThatCode(() -> repository.deleteData(id)).doesNotThrowAnyException();
    }
}
