package dev.sessionstorage.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Retries happen only after failures that certainly changed nothing. */
class RetriesTest {

    @ParameterizedTest
    @CsvSource({"40001, 0", "40001, 1213", "40P01, 0", "90131, 90131", "HY000, 1020"})
    void whatTheDatabaseHasUndoneIsTriedAgain(String state, int code) throws SQLException {
        AtomicInteger attempts = new AtomicInteger();

        assertThat(Retries.<String>run(() -> {
                    if (attempts.incrementAndGet() < 4) {
                        throw failure(state, code);
                    }
                    return "done";
                }))
                .isEqualTo("done");
        assertThat(attempts).hasValue(4);
    }

    /** Completion or resolution unknown, integrity, connection, rollback for another reason, lock timeouts, no state. */
    @ParameterizedTest
    @CsvSource({
        "40003, 0",
        "40000, 0",
        "40002, 0",
        "08007, 0",
        "08006, 0",
        "08S01, 0",
        "57P01, 0",
        "23505, 0",
        "25006, 0",
        "55P03, 0",
        "HY000, 1205",
        ", 0"
    })
    void whatMayHaveBeenDoneIsNot(String state, int code) {
        AtomicInteger attempts = new AtomicInteger();
        SQLException failure = failure(state, code);

        assertThatThrownBy(() -> Retries.run(() -> {
                    attempts.incrementAndGet();
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void theReasonMayBeBehindOtherExceptions() {
        SQLException batch = failure("XX000", 0);
        batch.setNextException(failure("40001", 0));

        assertThat(Retries.isConflict(new PersistenceException(new IllegalStateException(batch))))
                .isTrue();
    }

    @Test
    void itGivesUpAtLast() {
        AtomicInteger attempts = new AtomicInteger();

        assertThatThrownBy(() -> Retries.run(() -> {
                    attempts.incrementAndGet();
                    throw failure("40001", 0);
                }))
                .isInstanceOf(SQLException.class);
        assertThat(attempts).hasValueBetween(5, 100);
    }

    private static SQLException failure(String state, int code) {
        return new SQLException("refused", state, code);
    }
}
