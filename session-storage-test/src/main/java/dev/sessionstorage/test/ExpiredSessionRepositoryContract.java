package dev.sessionstorage.test;

import static dev.sessionstorage.test.TwoNodes.increment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.ExpiredSessionRepository;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The contract of every {@link ExpiredSessionRepository}, on top of {@link SessionDataRepositoryContract}. The tests delete
 * every record in the store that expires before the year 2100, where their clock starts. Never run them on a store in use.
 */
public abstract class ExpiredSessionRepositoryContract extends SessionDataRepositoryContract {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** For subclasses. */
    protected ExpiredSessionRepositoryContract() {}

    /** {@inheritDoc} */
    @Override
    protected abstract ExpiredSessionRepository repository(Clock clock);

    /** Deletes the records of other tests, which expire before the new time, so that only the test's own records remain. */
    @BeforeEach
    void moveToATimeWithoutRecords() {
        clock.advance(Duration.ofDays(1).plus(ExpiredSessionRepository.MARGIN));
        assertThat(deleteAllExpired()).isNotNegative();
        clock.advance(ExpiredSessionRepository.MARGIN.negated());
    }

    @Test
    void deletesExpiredRecordsOnly() {
        List<String> expired = create(3, SECOND);
        List<String> lasting = create(3, SECOND.plusMillis(1));
        clock.advance(SECOND.plus(ExpiredSessionRepository.MARGIN));

        assertThat(expiredRecords().deleteExpired(100)).isEqualTo(3);

        assertThat(expiredRecords().deleteExpired(100)).isZero();
        clock.advance(SECOND.plus(ExpiredSessionRepository.MARGIN).negated());
        assertThat(lasting).allSatisfy(id -> assertThat(repository.readData(id)).isNotNull());
        assertThat(expired).allSatisfy(id -> assertThat(repository.readData(id)).isNull());
    }

    @Test
    void deletesNoMoreThanTheLimitAndSaysHowMany() {
        create(5, SECOND);
        clock.advance(SECOND.plus(ExpiredSessionRepository.MARGIN));

        assertThat(expiredRecords().deleteExpired(2)).isEqualTo(2);
        assertThat(expiredRecords().deleteExpired(2)).isEqualTo(2);
        assertThat(expiredRecords().deleteExpired(2)).isEqualTo(1);
        assertThat(expiredRecords().deleteExpired(2)).isZero();
    }

    @Test
    void keepsARecordThatWasExtended() {
        String id = create(data("{}").withExpires(in(SECOND)));
        assertThat(repository.extendData(id, read(id), in(HOUR))).isTrue();
        clock.advance(SECOND.plus(ExpiredSessionRepository.MARGIN));

        assertThat(expiredRecords().deleteExpired(100)).isZero();
        assertThat(repository.readData(id)).isNotNull();
    }

    @Test
    void concurrentCallersDeleteEachRecordOnce() throws Exception {
        create(40, SECOND);
        clock.advance(SECOND.plus(ExpiredSessionRepository.MARGIN));

        int deleted;
        try (Race race = new Race()) {
            deleted = race.run(4, this::deleteAllExpired).stream()
                    .mapToInt(Integer::intValue)
                    .sum();
        }

        assertThat(deleted + deleteAllExpired()).isEqualTo(40);
    }

    @Test
    void cleanupBeforeTheWriteOfACommit() {
        try (TwoNodes nodes = new TwoNodes(repository, clock)) {
            nodes.commit(increment("a"), () -> expireAndCleanUp(nodes)).assertGone();
            nodes.assertDead();
        }
    }

    @Test
    void cleanupOfOthersBeforeTheWriteOfACommit() {
        try (TwoNodes nodes = new TwoNodes(repository, clock)) {
            clock.advance(TwoNodes.IDLE_TIMEOUT.minusMillis(1));
            nodes.commit(increment("a"), this::deleteAllExpired).assertDone();
            assertThat(nodes.stored().get("a")).isEqualTo(2);
        }
    }

    @Test
    void aSlowReadDoesNotUndoACleanup() {
        try (TwoNodes nodes = new TwoNodes(repository, clock)) {
            nodes.slowRead(() -> expireAndCleanUp(nodes)).assertDone();
            nodes.assertDead();
        }
    }

    private void expireAndCleanUp(TwoNodes nodes) {
        nodes.expire();
        clock.advance(ExpiredSessionRepository.MARGIN);
        assertThat(deleteAllExpired()).isPositive();
        clock.advance(ExpiredSessionRepository.MARGIN.negated());
    }

    private List<String> create(int number, Duration life) {
        return Stream.generate(() -> create(data("{}").withExpires(in(life))))
                .limit(number)
                .toList();
    }

    /** Returns the number of deleted records. */
    private int deleteAllExpired() {
        int all = 0;
        int deleted;
        do {
            deleted = expiredRecords().deleteExpired(7);
            all += deleted;
        } while (deleted == 7);
        return all;
    }

    private ExpiredSessionRepository expiredRecords() {
        return (ExpiredSessionRepository) repository;
    }
}
