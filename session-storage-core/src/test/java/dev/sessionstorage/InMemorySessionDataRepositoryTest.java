package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Behavior that the contract suite in session-storage-test does not require of every repository. */
class InMemorySessionDataRepositoryTest {

    private final TestClock clock = new TestClock();
    private final InMemorySessionDataRepository repository = new InMemorySessionDataRepository(clock, 3);

    @Test
    void theSessionThatWasUnusedForTheLongestTimeMakesRoom() {
        String first = create();
        String second = create();
        String third = create();
        assertThat(repository.readData(first)).isNotNull();

        String fourth = create();

        assertThat(repository.readData(second)).isNull();
        for (String kept : new String[] {first, third, fourth}) {
            assertThat(repository.readData(kept)).isNotNull();
        }
    }

    @Test
    void aCapacityOfNothingIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new InMemorySessionDataRepository(clock, 0))
                .withMessageContaining("0");
    }

    @Test
    void byDefaultTheSystemsClockDecides() {
        InMemorySessionDataRepository ordinary = new InMemorySessionDataRepository();
        Instant past = Instant.parse("2020-01-01T00:00:00Z");
        String id = ordinary.createData(SessionData.fromJson("{}", 0, past, null, past), past);

        assertThat(ordinary.readData(id)).isNull();
        assertThat(ordinary.deleteExpired(10)).isEqualTo(1);
    }

    private String create() {
        Instant expires = clock.instant().plus(Duration.ofHours(1));
        return repository.createData(SessionData.fromJson("{}", 0, clock.instant(), null, expires), expires);
    }
}
