package dev.sessionstorage.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract of every {@link SessionDataRepository}. Extend it and supply the repository:
 *
 * <pre>{@code
 * class MySessionDataRepositoryTest extends SessionDataRepositoryContract {
 *
 *     @Override
 *     protected SessionDataRepository repository(Clock clock) {
 *         return new MySessionDataRepository(dataSource, clock);
 *     }
 * }
 * }</pre>
 *
 * <p>The store need not be empty. The tests leave records behind, all of which expire within four hours of the clock's start.
 *
 * <p>The clock starts in the year 2100. A store that removes expired records some time later, such as MongoDB and DynamoDB,
 * therefore keeps those of the tests; its repository must compare {@code expires} with the clock anyway. If only the store's
 * own clock decides, as in Redis, the test must translate expiries for the store: an instant that has passed on this clock
 * becomes one long ago, any other becomes tomorrow. When the clock moves, records that have thereby expired must get an expiry
 * long ago before the next call.
 */
public abstract class SessionDataRepositoryContract extends RecordIdContract {

    private static final Duration MILLISECOND = Duration.ofMillis(1);

    /** For subclasses. */
    protected SessionDataRepositoryContract() {}

    /**
     * Returns the repository to test, over a store that is empty or shared by all tests. Called once before each test, and
     * before the {@code @BeforeEach} methods of subclasses.
     *
     * @param clock decides what has expired; it stands still unless a test advances it
     * @return a repository that may be called from many threads
     */
    @Override
    protected abstract SessionDataRepository repository(Clock clock);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"name\":\"Zoë Łukasz 李 ــ\",\"mood\":\"👩‍🚀🇪🇺\"}",
                "{\"quotes\":\"\\\" ' ` \\\\ \\n \\u0000 ; -- %s ${x} {{y}}\", \"spaced\" : [ 1 , 2.50 ]}"
            })
    void theJsonComesBackCharacterForCharacter(String json) {
        assertComesBack(json);
    }

    @Test
    void sixtyKilobytesAreStoredWhole() {
        assertComesBack("{\"long\":\"" + "0123456789äöü€".repeat(3_400) + "\"}");
    }

    private void assertComesBack(String json) {
        SessionData data = data(json);
        String updated = create(data("{}"));
        assertThat(repository.updateData(updated, data, in(HOUR))).isTrue();
        String rotated = repository.rotateData(create(data("{}")), data, in(HOUR));

        assertThat(read(create(data)).toJson()).as("created").isEqualTo(json);
        assertThat(read(updated).toJson()).as("updated").isEqualTo(json);
        assertThat(read(String.valueOf(rotated)).toJson()).as("rotated").isEqualTo(json);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"robin", "Robin Żółw <robin@example.org>"})
    void readGivesEveryPartThatWasCreated(@Nullable String principal) {
        Instant createdAt = clock.instant().minusMillis(1_234_567);
        SessionData data = SessionData.fromJson("{\"a\":1}", 7, createdAt, principal, in(HOUR));

        assertThat(read(create(data))).isEqualTo(data);
    }

    @Test
    void twoReadsAreEqualAndALaterUpdateChangesNeither() {
        String id = create(data("{\"n\":1}"));
        SessionData first = read(id);
        SessionData second = read(id);

        assertThat(repository.updateData(id, with(first, "{\"n\":2}"), in(HOUR)))
                .isTrue();

        assertThat(first).isEqualTo(second);
        assertThat(first.toJson()).isEqualTo("{\"n\":1}");
        assertThat(first.version()).isZero();
    }

    @Test
    void anUpdateStoresEveryPartAndRaisesTheVersionByOne() {
        String id = create(data("{\"n\":1}"));
        Instant expires = in(HOUR.multipliedBy(2)).plusMillis(7);
        // A login restarts the session's lifetime.
        SessionData changed = SessionData.fromJson("{\"n\":2}", 0, in(MILLISECOND), "Żółw 🐢", expires);

        assertThat(repository.updateData(id, changed, expires)).isTrue();
        assertThat(read(id)).isEqualTo(changed.withNextVersion());

        SessionData anonymous = SessionData.fromJson("{}", 1, clock.instant(), null, expires);
        assertThat(repository.updateData(id, anonymous, expires)).isTrue();
        assertThat(read(id)).isEqualTo(anonymous.withNextVersion());
    }

    @Test
    void anUpdateTouchesNoOtherRecord() {
        String id = create(data("{\"n\":1}"));
        String other = create(data("{\"n\":1}"));
        SessionData otherData = read(other);

        assertThat(repository.updateData(id, data("{\"n\":2}"), in(HOUR))).isTrue();

        assertThat(read(other)).isEqualTo(otherData);
    }

    @Test
    void anUpdateFromAnotherVersionChangesNothing() {
        String id = create(data("{}"));
        assertThat(repository.updateData(id, data("{\"n\":1}"), in(HOUR))).isTrue();
        SessionData stored = read(id);

        for (long version : new long[] {0, 2, -1, Long.MAX_VALUE}) {
            SessionData stale = SessionData.fromJson("{\"n\":2}", version, clock.instant(), null, in(HOUR));
            assertThat(repository.updateData(id, stale, in(HOUR.multipliedBy(2))))
                    .isFalse();
        }

        assertThat(read(id)).isEqualTo(stored);
    }

    @Test
    void anUpdateOfAMissingOrDeletedRecordCreatesNone() {
        String missing = SessionId.create();
        String deleted = create(data("{}"));
        repository.deleteData(deleted);

        for (String id : new String[] {missing, deleted}) {
            assertThat(repository.updateData(id, data("{}"), in(HOUR))).isFalse();
            assertThat(repository.readData(id)).isNull();
        }
    }

    @Test
    void deletingEndsOneRecordAndAnAbsentOneIsNoError() {
        String id = create(data("{}"));
        String other = create(data("{}"));
        // Read both first: a repository that caches must drop the deleted one.
        assertThat(List.of(read(id), read(other))).hasSize(2);

        repository.deleteData(id);
        repository.deleteData(id);
        repository.deleteData(SessionId.create());

        assertThat(repository.readData(id)).isNull();
        assertThat(repository.readData(other)).isNotNull();
    }

    @Test
    void aRecordEndsToTheMillisecond() {
        String id = create(data("{}"));

        clock.advance(HOUR.minus(MILLISECOND));
        assertThat(repository.readData(id)).isNotNull();

        clock.advance(MILLISECOND);
        assertThat(repository.readData(id)).isNull();
    }

    @Test
    void anUpdateSetsTheInstantAtWhichARecordEnds() {
        String longer = create(data("{}"));
        String shorter = create(data("{}"));
        assertThat(repository.updateData(longer, read(longer), in(HOUR.plus(MILLISECOND))))
                .isTrue();
        assertThat(repository.updateData(shorter, read(shorter), in(HOUR.minus(MILLISECOND))))
                .isTrue();

        clock.advance(HOUR.minus(MILLISECOND));
        assertThat(repository.readData(longer)).isNotNull();
        assertThat(repository.readData(shorter)).isNull();

        clock.advance(MILLISECOND);
        assertThat(repository.readData(longer)).isNotNull();

        clock.advance(MILLISECOND);
        assertThat(repository.readData(longer)).isNull();
    }

    /** Requests that read it earlier may still be running. */
    @Test
    void aRecordThatHasJustExpiredCanStillBeUpdatedExtendedAndRotatedButNotRead() {
        String updated = create(data("{}"));
        String extended = create(data("{}"));
        String rotated = create(data("{}"));
        SessionData seenUpdated = read(updated);
        SessionData seenExtended = read(extended);
        SessionData seenRotated = read(rotated);
        clock.advance(HOUR.plus(SessionDataRepository.GRACE).minus(MILLISECOND));
        assertThat(repository.readData(updated)).isNull();

        assertThat(repository.updateData(updated, with(seenUpdated, "{\"n\":1}"), in(HOUR)))
                .isTrue();
        assertThat(repository.extendData(extended, seenExtended, in(HOUR))).isTrue();
        String newId = String.valueOf(repository.rotateData(rotated, seenRotated.withExpires(in(HOUR)), in(HOUR)));

        assertThat(read(updated).toJson()).isEqualTo("{\"n\":1}");
        assertThat(read(extended).expires()).isEqualTo(in(HOUR));
        assertThat(read(newId).toJson()).isEqualTo("{}");
        assertThat(repository.readData(rotated)).isNull();
    }

    /** Otherwise a request that read it earlier would resurrect it. */
    @Test
    void aRecordThatHasJustExpiredCanStillBeDeleted() {
        String id = create(data("{}"));
        SessionData seen = read(id);
        clock.advance(HOUR.plus(MILLISECOND));

        repository.deleteData(id);

        assertThat(repository.updateData(id, seen, in(HOUR))).isFalse();
        assertThat(repository.extendData(id, seen, in(HOUR))).isFalse();
        assertThat(repository.rotateData(id, seen, in(HOUR))).isNull();
        assertThat(repository.readData(id)).isNull();
    }

    @Test
    void anExpiredRecordCannotBeUpdatedExtendedOrRotated() {
        String id = create(data("{}"));
        SessionData seen = read(id);
        clock.advance(HOUR.plus(SessionDataRepository.GRACE));

        assertThat(repository.updateData(id, seen, in(HOUR))).isFalse();
        assertThat(repository.extendData(id, seen, in(HOUR))).isFalse();
        assertThat(repository.rotateData(id, seen, in(HOUR))).isNull();
        assertThat(repository.readData(id)).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 86_400_000, Long.MAX_VALUE})
    void anUpdateToAnInstantThatHasPassedEndsTheRecord(long millisecondsAgo) {
        String id = create(data("{}"));
        SessionData seen = read(id);
        Instant past = millisecondsAgo == Long.MAX_VALUE
                ? Instant.EPOCH
                : clock.instant().minusMillis(millisecondsAgo);

        assertThat(repository.updateData(id, seen.withExpires(past), past)).isTrue();

        assertThat(repository.readData(id)).isNull();
        clock.advance(SessionDataRepository.GRACE);
        assertThat(repository.updateData(id, seen.withNextVersion(), in(HOUR))).isFalse();
    }

    @Test
    void anExtensionMovesOnlyTheExpiry() {
        SessionData data = data("{\"n\":1}");
        String id = create(data);
        Instant expires = in(HOUR.multipliedBy(2));

        assertThat(repository.extendData(id, read(id), expires)).isTrue();

        clock.advance(HOUR.multipliedBy(2).minus(MILLISECOND));
        SessionData extended = read(id);
        assertThat(extended.expires()).isEqualTo(expires);
        assertThat(extended.version()).isBetween(0L, 1L);
        assertThat(extended.toJson()).isEqualTo(data.toJson());
        assertThat(extended.principal()).isEqualTo(data.principal());
        assertThat(extended.createdAt()).isEqualTo(data.createdAt());
        clock.advance(MILLISECOND);
        assertThat(repository.readData(id)).isNull();
    }

    @Test
    void anExtensionOfAnotherVersionOrAnAbsentRecordChangesNothing() {
        String id = create(data("{}"));
        SessionData seen = read(id);
        assertThat(repository.updateData(id, seen, in(HOUR))).isTrue();
        SessionData stored = read(id);
        String deleted = create(data("{}"));
        repository.deleteData(deleted);

        assertThat(repository.extendData(id, seen, in(HOUR.multipliedBy(2)))).isFalse();
        assertThat(repository.extendData(deleted, seen, in(HOUR))).isFalse();
        assertThat(repository.extendData(SessionId.create(), seen, in(HOUR))).isFalse();

        assertThat(read(id)).isEqualTo(stored);
        assertThat(repository.readData(deleted)).isNull();
    }

    @Test
    void aRotationMovesTheRecordToANewId() {
        String oldId = create(data("{\"n\":1}"));
        assertThat(read(oldId).toJson()).isEqualTo("{\"n\":1}");
        Instant expires = in(HOUR.multipliedBy(2));
        SessionData changed =
                SessionData.fromJson("{\"n\":2}", 0, clock.instant().minusSeconds(60), "Żółw 🐢", expires);

        String newId = repository.rotateData(oldId, changed, expires);

        assertThat(newId).isNotNull().isNotEqualTo(oldId).matches("[A-Za-z0-9_-]{43,}");
        assertThat(read(String.valueOf(newId))).isEqualTo(changed);
        assertThat(repository.readData(oldId)).isNull();
        for (SessionData late : new SessionData[] {changed, changed.withNextVersion()}) {
            assertThat(repository.updateData(oldId, late, expires)).isFalse();
            assertThat(repository.extendData(oldId, late, expires)).isFalse();
            assertThat(repository.rotateData(oldId, late, expires)).isNull();
        }
        assertThat(repository.readData(oldId)).isNull();
        assertThat(repository.updateData(String.valueOf(newId), changed, expires))
                .isTrue();
    }

    @Test
    void anIdThatIsInUseOrHasEndedHasNotMoved() {
        String live = create(data("{}"));
        String deleted = create(data("{}"));
        repository.deleteData(deleted);
        String oldId = create(data("{}"));
        String newId = String.valueOf(repository.rotateData(oldId, data("{}"), in(HOUR)));
        String late = create(data("{}"));
        assertThat(repository.updateData(late, data("{}"), in(HOUR))).isTrue();
        assertThat(repository.rotateData(late, data("{}"), in(HOUR))).isNull();

        for (String id : new String[] {live, deleted, newId, late, SessionId.create(), ""}) {
            assertThat(repository.isMoved(id)).isFalse();
        }
        repository.deleteData(newId);
        repository.deleteData(late);
        assertThat(repository.isMoved(newId)).isFalse();
        assertThat(repository.isMoved(late)).isFalse();
    }

    @Test
    void aRotationFromAnotherVersionOrOfAnAbsentRecordChangesNothing() {
        String id = create(data("{}"));
        SessionData seen = read(id);
        assertThat(repository.updateData(id, with(seen, "{\"n\":1}"), in(HOUR))).isTrue();
        SessionData stored = read(id);

        assertThat(repository.rotateData(id, seen, in(HOUR.multipliedBy(2)))).isNull();
        assertThat(repository.rotateData(SessionId.create(), seen, in(HOUR))).isNull();

        assertThat(read(id)).isEqualTo(stored);
    }
}
