package dev.sessionstorage.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The contract of a repository that remembers which ids have moved ({@link SessionDataRepository#isMoved}), on top of
 * {@link SessionDataRepositoryContract}. Extend it and supply the repository.
 */
public abstract class MovedIdContract {

    private final MutableClock clock = new MutableClock();
    private SessionDataRepository repository;

    /** For subclasses. */
    protected MovedIdContract() {}

    /**
     * The repository to test. Called once before each test.
     *
     * @param clock decides what has expired; it stands still unless a test advances it
     * @return a repository that may be called from many threads
     */
    protected abstract SessionDataRepository repository(Clock clock);

    @BeforeEach
    void createRepository() {
        repository = repository(clock);
    }

    @Test
    void aRotatedIdHasMovedAndLeadsNowhere() {
        String oldId = create();
        String newId = rotate(oldId);

        assertThat(repository.isMoved(oldId)).isTrue();
        assertThat(repository.readData(oldId)).isNull();
        assertThat(repository.isMoved(rotate(newId))).isFalse();
        assertThat(repository.isMoved(newId)).isTrue();
        assertThat(repository.isMoved(oldId)).isTrue();
    }

    @Test
    void whatSaysThatAnIdHasMovedIsNoRecord() {
        String oldId = create();
        String newId = rotate(oldId);

        for (long version : new long[] {0, 1}) {
            SessionData late = SessionData.fromJson("{}", version, clock.instant(), null, expires());
            assertThat(repository.updateData(oldId, late, expires())).isFalse();
            assertThat(repository.extendData(oldId, late, expires())).isFalse();
            assertThat(repository.rotateData(oldId, late, expires())).isNull();
        }
        assertThat(repository.readData(oldId)).isNull();
        assertThat(repository.readData("moved:" + oldId)).isNull();
        assertThat(repository.readData(newId)).isNotNull();
        assertThat(repository.isMoved(oldId)).isTrue();
    }

    @Test
    void aSessionThatEndsUnderItsNewIdHasNotMovedFromThere() {
        String newId = rotate(create());
        repository.deleteData(newId);

        assertThat(repository.isMoved(newId)).isFalse();
    }

    private String create() {
        return repository.createData(data(), expires());
    }

    private String rotate(String id) {
        return Objects.requireNonNull(repository.rotateData(id, data(), expires()));
    }

    private SessionData data() {
        return SessionData.fromJson("{\"a\":1}", 0, clock.instant(), "robin", expires());
    }

    private Instant expires() {
        return clock.instant().plus(Duration.ofHours(1));
    }
}
