package dev.sessionstorage.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.PrincipalSessionRepository;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link PrincipalSessionRepository} must do. Extend it and supply the repository; it needs no empty store. */
public abstract class PrincipalSessionRepositoryContract {

    private static final Duration HOUR = Duration.ofHours(1);

    private final MutableClock clock = new MutableClock();
    private final String robin = "robin-" + UUID.randomUUID();
    private final String kim = "kim-" + UUID.randomUUID();
    private PrincipalSessionRepository repository;

    /** For subclasses. */
    protected PrincipalSessionRepositoryContract() {}

    /**
     * The repository to test. Called once before each test.
     *
     * @param clock decides what has expired; it stands still unless a test advances it
     * @return a repository that may be called from many threads
     */
    protected abstract PrincipalSessionRepository repository(Clock clock);

    @BeforeEach
    void createRepository() {
        repository = repository(clock);
    }

    @Test
    void findsTheSessionsOfAPrincipalTheOldestFirst() {
        String first = create(robin, HOUR);
        clock.advance(Duration.ofMillis(1));
        String second = create(robin, HOUR);
        create(kim, HOUR);
        create(null, HOUR);

        assertThat(repository.findByPrincipal(robin).keySet())
                .containsExactly(SessionId.hash(first), SessionId.hash(second));
        assertThat(repository.findByPrincipal(robin)).containsValue(repository.readData(first));
    }

    @Test
    void findsNothingForAnUnknownPrincipal() {
        assertThat(repository.findByPrincipal(robin)).isEmpty();
        assertThat(repository.deleteByPrincipal(robin, null)).isZero();
    }

    @Test
    void doesNotFindWhatHasExpired() {
        create(robin, HOUR);
        clock.advance(HOUR);

        assertThat(repository.findByPrincipal(robin)).isEmpty();
    }

    @Test
    void aHandleOpensNothing() {
        create(robin, HOUR);

        assertThat(repository.findByPrincipal(robin).keySet())
                .allSatisfy(handle -> assertThat(repository.readData(handle)).isNull());
    }

    @Test
    void followsAPrincipalThatChanges() {
        String id = create(null, HOUR);
        SessionData stored = read(id);
        assertThat(repository.updateData(id, data(robin, stored.version(), HOUR), stored.expires()))
                .isTrue();
        assertThat(repository.findByPrincipal(robin)).hasSize(1);

        assertThat(repository.updateData(id, data(kim, read(id).version(), HOUR), stored.expires()))
                .isTrue();
        assertThat(repository.findByPrincipal(robin)).isEmpty();
        assertThat(repository.findByPrincipal(kim)).hasSize(1);

        assertThat(repository.updateData(id, data(null, read(id).version(), HOUR), stored.expires()))
                .isTrue();
        assertThat(repository.findByPrincipal(kim)).isEmpty();
    }

    @Test
    void followsARotation() {
        String id = create(robin, HOUR);
        String rotated =
                repository.rotateData(id, data(robin, 0, HOUR), clock.instant().plus(HOUR));

        assertThat(repository.findByPrincipal(robin).keySet()).containsExactly(SessionId.hash(String.valueOf(rotated)));
    }

    @Test
    void followsADelete() {
        repository.deleteData(create(robin, HOUR));

        assertThat(repository.findByPrincipal(robin)).isEmpty();
    }

    @Test
    void deletesOneByItsHandle() {
        String ended = create(robin, HOUR);
        String kept = create(robin, HOUR);

        assertThat(repository.deleteByHandle(robin, SessionId.hash(ended))).isTrue();

        assertThat(repository.readData(ended)).isNull();
        assertThat(repository.readData(kept)).isNotNull();
        assertThat(repository.deleteByHandle(robin, SessionId.hash(ended))).isFalse();
    }

    @Test
    void doesNotDeleteSomebodyElsesByItsHandle() {
        String id = create(kim, HOUR);

        assertThat(repository.deleteByHandle(robin, SessionId.hash(id))).isFalse();
        assertThat(repository.deleteByHandle(robin, id)).isFalse();
        assertThat(repository.deleteByHandle(robin, "")).isFalse();

        assertThat(repository.readData(id)).isNotNull();
    }

    @Test
    void deletesAllOfAPrincipal() {
        String first = create(robin, HOUR);
        String second = create(robin, HOUR);
        String others = create(kim, HOUR);

        assertThat(repository.deleteByPrincipal(robin, null)).isEqualTo(2);

        assertThat(repository.readData(first)).isNull();
        assertThat(repository.readData(second)).isNull();
        assertThat(repository.readData(others)).isNotNull();
    }

    @Test
    void deletesAllOfAPrincipalButOne() {
        String first = create(robin, HOUR);
        String current = create(robin, HOUR);

        assertThat(repository.deleteByPrincipal(robin, SessionId.hash(current))).isEqualTo(1);

        assertThat(repository.readData(first)).isNull();
        assertThat(repository.readData(current)).isNotNull();
    }

    @Test
    void whatWasDeletedDoesNotComeBack() {
        String id = create(robin, HOUR);
        SessionData stored = read(id);
        repository.deleteByPrincipal(robin, null);

        assertThat(repository.updateData(id, stored, stored.expires())).isFalse();
        assertThat(repository.extendData(id, stored, stored.expires())).isFalse();
        assertThat(repository.rotateData(id, stored, stored.expires())).isNull();
        assertThat(repository.findByPrincipal(robin)).isEmpty();
    }

    private String create(@Nullable String principal, Duration lifetime) {
        SessionData data = data(principal, 0, lifetime);
        return repository.createData(data, data.expires());
    }

    private SessionData data(@Nullable String principal, long version, Duration lifetime) {
        return SessionData.fromJson(
                "{\"a\":1}",
                version,
                clock.instant(),
                principal,
                clock.instant().plus(lifetime));
    }

    private SessionData read(String id) {
        return Objects.requireNonNull(repository.readData(id), "the record is gone");
    }
}
