package dev.sessionstorage.test;

import static dev.sessionstorage.test.TwoNodes.increment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.PrincipalSessionRepository;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import dev.sessionstorage.Sessions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract of every {@link PrincipalSessionRepository}. Extend it and supply the repository. The store need not be empty.
 */
@Timeout(60)
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
    void findsWhatAnUpdateAndARotationHaveStored() {
        String updated = create(robin, HOUR);
        SessionData changed = SessionData.fromJson("{\"a\":2}", 0, clock.instant(), robin, in(HOUR.multipliedBy(2)));
        assertThat(repository.updateData(updated, changed, changed.expires())).isTrue();
        String rotated = String.valueOf(repository.rotateData(create(robin, HOUR), changed, changed.expires()));

        assertThat(repository.findByPrincipal(robin))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        SessionId.hash(updated), changed.withNextVersion(), SessionId.hash(rotated), read(rotated)));
    }

    @Test
    void findsAndDeletesWhatWasExtendedBeyondItsFirstExpiry() {
        String extended = create(robin, HOUR);
        String updated = create(robin, HOUR);
        String rotated = create(robin, HOUR);
        Instant later = in(HOUR.multipliedBy(2));
        assertThat(repository.extendData(extended, read(extended), later)).isTrue();
        assertThat(repository.updateData(updated, read(updated), later)).isTrue();
        rotated = String.valueOf(repository.rotateData(rotated, read(rotated), later));
        clock.advance(HOUR);

        assertThat(repository.findByPrincipal(robin).keySet())
                .containsExactlyInAnyOrder(SessionId.hash(extended), SessionId.hash(updated), SessionId.hash(rotated));
        assertThat(repository.deleteByPrincipal(robin, null)).isEqualTo(3);
        for (String id : new String[] {extended, updated, rotated}) {
            assertThat(repository.readData(id)).isNull();
        }
    }

    @Test
    void aPrincipalInAnotherSpellingIsAnotherPrincipal() {
        String id = create(robin, HOUR);
        String handle = SessionId.hash(id);

        for (String other : new String[] {robin.toUpperCase(Locale.ROOT), robin + " ", robin.replace('o', 'ö')}) {
            assertThat(repository.findByPrincipal(other)).isEmpty();
            assertThat(repository.deleteByHandle(other, handle)).isFalse();
            assertThat(repository.deleteByPrincipal(other, null)).isZero();

            String others = create(other, HOUR);
            assertThat(repository.findByPrincipal(other)).containsOnlyKeys(SessionId.hash(others));
        }
        assertThat(repository.findByPrincipal(robin)).containsOnlyKeys(handle);
    }

    /**
     * No session can have these names. An unpaired surrogate must not match the question mark that drivers may replace it with.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {"\u0000", "%s\u0000", "\u0000%s", "\uD800", "%s\uDC00", "\uDC00\uD800", "%s?\uD800", "", " "})
    void findsNothingForANameThatNoSessionCanHave(String name) {
        String unstorable = name.formatted(robin);
        String question = unstorable.replaceAll("[\\x{0}\\x{D800}\\x{DC00}]", "?");
        String handle = SessionId.hash(create(robin, HOUR));
        String questionHandle = question.isBlank() ? handle : SessionId.hash(create(question, HOUR));

        assertThat(PrincipalSessionRepository.isPrincipal(unstorable)).isFalse();
        assertThat(repository.findByPrincipal(unstorable)).isEmpty();
        assertThat(repository.deleteByHandle(unstorable, handle)).isFalse();
        assertThat(repository.deleteByHandle(unstorable, questionHandle)).isFalse();
        assertThat(repository.deleteByPrincipal(unstorable, null)).isZero();
        assertThat(repository.findByPrincipal(robin)).containsOnlyKeys(handle);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "\uD800", "?", "\uDC00\uD800", "%s\u0000"})
    void deletesNothingByAHandleThatIsNone(String name) {
        String handle = SessionId.hash(create(robin, HOUR));

        assertThat(repository.deleteByHandle(robin, name.formatted(handle))).isFalse();
        assertThat(repository.findByPrincipal(robin)).containsOnlyKeys(handle);
        assertThat(repository.deleteByPrincipal(robin, name.formatted(handle))).isEqualTo(1);
    }

    @Test
    void aPrincipalCanHave255CharactersOfAnyKind() {
        for (String character : new String[] {"a", "é", "\uFFFD", "\uD83D\uDD8B"}) {
            String random = UUID.randomUUID().toString();
            String longest = random + character.repeat((255 - random.length()) / character.length());
            String id = create(longest, HOUR);

            assertThat(repository.findByPrincipal(longest)).containsOnlyKeys(SessionId.hash(id));
            assertThat(repository.findByPrincipal(longest + "a")).isEmpty();
            assertThat(repository.deleteByPrincipal(longest + "a", null)).isZero();
            assertThat(repository.deleteByPrincipal(longest, null)).isEqualTo(1);
        }
    }

    @Test
    void doesNotFindWhatHasExpired() {
        create(robin, HOUR);
        clock.advance(HOUR);

        assertThat(repository.findByPrincipal(robin)).isEmpty();
    }

    @Test
    void deletesWhatHasJustExpiredSoThatNobodyWritesItAgain() {
        String id = create(robin, HOUR);
        SessionData seen = read(id);
        clock.advance(HOUR);
        repository.deleteByPrincipal(robin, null);

        assertThat(repository.updateData(id, seen, in(HOUR))).isFalse();
        assertThat(repository.readData(id)).isNull();
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
        String rotated = repository.rotateData(id, data(robin, 0, HOUR), in(HOUR));

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

        assertThat(repository.deleteByHandle(robin, SessionId.hash(kept) + " ")).isFalse();
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

    /** Either may run first. The rotation finds no record, or the session ends under its new id. */
    @Test
    void deletingAllLeavesNoSessionThatRotatesMeanwhile() throws Exception {
        try (Race race = new Race()) {
            for (int round = 0; round < 25; round++) {
                List<String> ids = new ArrayList<>();
                List<Callable<String>> tasks = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    String id = create(robin, HOUR);
                    SessionData stored = read(id);
                    ids.add(id);
                    tasks.add(() ->
                            Objects.requireNonNullElse(repository.rotateData(id, stored, stored.expires()), "none"));
                }
                tasks.add(() -> {
                    repository.deleteByPrincipal(robin, null);
                    return "none";
                });

                ids.addAll(race.run(tasks));

                assertThat(ids)
                        .allSatisfy(id -> assertThat(repository.readData(id)).isNull());
                assertThat(repository.findByPrincipal(robin)).isEmpty();
            }
        }
    }

    @Test
    void endingAllSessionsBeforeTheWriteOfACommit() {
        try (TwoNodes nodes = new TwoNodes(repository, clock)) {
            Sessions sessions = nodes.sessions();
            nodes.commit(increment("a"), () -> sessions.endAll(nodes.principal)).assertGone();
            nodes.assertDead();
        }
    }

    private String create(@Nullable String principal, Duration lifetime) {
        SessionData data = data(principal, 0, lifetime);
        return repository.createData(data, data.expires());
    }

    private SessionData data(@Nullable String principal, long version, Duration lifetime) {
        return SessionData.fromJson("{\"a\":1}", version, clock.instant(), principal, in(lifetime));
    }

    private Instant in(Duration duration) {
        return clock.instant().plus(duration);
    }

    private SessionData read(String id) {
        return Objects.requireNonNull(repository.readData(id), "the record is gone");
    }
}
