package dev.sessionstorage.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sessionstorage.ExpiredSessionRepository;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import dev.sessionstorage.test.MutableClock;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowingConsumer;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations on a row that another transaction has locked. */
@Timeout(60)
class LockingTest {

    private final MutableClock clock = new MutableClock();
    private @Nullable Persistence persistence;

    @AfterEach
    void disconnect() {
        persistence().close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConflictAtRepeatableReadMeansNotUpdated(boolean autoCommit) throws Exception {
        JpaSessionDataRepository repository = connectStrictly(autoCommit);

        for (String operation : new String[] {"update", "extend", "rotate"}) {
            String id = create(repository);
            SessionData seen = read(repository, id);
            Object result = whileAnotherTransactionUpdates(id, () -> switch (operation) {
                case "update" -> repository.updateData(id, seen, seen.expires());
                case "extend" -> repository.extendData(id, seen, seen.expires());
                default -> repository.rotateData(id, seen, seen.expires()) != null;
            });

            assertThat(result).as(operation).isEqualTo(false);
            assertThat(read(repository, id).version()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDeleteAtRepeatableReadDoesNotLoseAgainstAnUpdate(boolean autoCommit) throws Exception {
        JpaSessionDataRepository repository = connectStrictly(autoCommit);
        String id = create(repository);

        whileAnotherTransactionUpdates(id, () -> {
            repository.deleteData(id);
            return true;
        });

        assertThat(repository.readData(id)).isNull();
    }

    @Test
    void aConflictInTheCallersTransactionIsAnError() throws Exception {
        JpaSessionDataRepository outside = connectStrictly(true);
        String id = create(outside);
        try (Session session = persistence().factory.openSession()) {
            JpaSessionDataRepository inside =
                    new JpaSessionDataRepository(persistence().factory, clock, () -> HeldConnection.find(session));
            session.beginTransaction();
            SessionData seen = read(inside, id);
            assertThat(outside.updateData(id, seen, seen.expires())).isTrue();

            assertThatThrownBy(() -> inside.updateData(id, seen, seen.expires()))
                    .isInstanceOf(PersistenceException.class);

            session.getTransaction().rollback();
        }
        assertThat(read(outside, id).version()).isEqualTo(1);
    }

    @Test
    void cleaningUpOnH2PassesOverLockedRows() throws SQLException {
        persistence = Persistence.on(TestDatabases.h2());
        cleaningUpPassesOverLockedRows();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cleaningUpOnPostgresqlPassesOverLockedRows(boolean autoCommit) throws SQLException {
        persistence = Persistence.on(TestDatabases.postgresql(), pool -> pool.setAutoCommit(autoCommit));
        cleaningUpPassesOverLockedRows();
    }

    @Test
    void cleaningUpOnPostgresqlKeepsARowThatIsExtendedMeanwhile() throws Exception {
        persistence = Persistence.on(TestDatabases.postgresql());
        JpaSessionDataRepository repository = new JpaSessionDataRepository(persistence().factory, clock);
        String extended = create(repository);
        create(repository);
        clock.advance(Duration.ofHours(1).plus(ExpiredSessionRepository.MARGIN));

        // By another node, whose clock is behind.
        String extend =
                "update session_data set expires = expires + 3600000 where id = '" + SessionId.hash(extended) + "'";

        assertThat(deletedWhileAnotherTransactionDoes(extend, () -> repository.deleteExpired(10)))
                .isEqualTo(1);
        assertThat(repository.readData(extended)).isNotNull();
    }

    @Test
    @Tag("mariadb")
    void cleaningUpOnMariadbPassesOverLockedRows() throws SQLException {
        persistence = Persistence.on(TestDatabases.mariadb());
        cleaningUpPassesOverLockedRows();
    }

    @Test
    void cleaningUpOnPostgresqlFindsOthersForThoseThatAnotherNodeHasDeleted() throws Exception {
        persistence = Persistence.on(TestDatabases.postgresql());
        JpaSessionDataRepository repository = new JpaSessionDataRepository(persistence().factory, clock);
        String first = create(repository);
        for (int i = 0; i < 3; i++) {
            clock.advance(Duration.ofSeconds(1));
            create(repository);
        }
        clock.advance(Duration.ofHours(1).plus(ExpiredSessionRepository.MARGIN));
        String delete = "delete from session_data where id = '" + SessionId.hash(first) + "'";

        assertThat(deletedWhileAnotherTransactionDoes(delete, () -> repository.deleteExpired(2)))
                .isEqualTo(2);
        assertThat(repository.deleteExpired(2)).isEqualTo(1);
    }

    @Test
    void cleaningUpOnPostgresqlComesBackToRowsThatWereLocked() throws SQLException {
        persistence = Persistence.on(TestDatabases.postgresql());
        JpaSessionDataRepository repository = new JpaSessionDataRepository(persistence().factory, clock);
        String locked = create(repository);
        for (int i = 0; i < 5; i++) {
            clock.advance(Duration.ofSeconds(1));
            create(repository);
        }
        clock.advance(Duration.ofHours(1).plus(ExpiredSessionRepository.MARGIN));

        try (Connection other = persistence().settings.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select id from session_data where id = '" + SessionId.hash(locked) + "' for update");
            assertThat(repository.deleteExpired(2)).isEqualTo(2);
            assertThat(repository.deleteExpired(2)).isEqualTo(2);
            other.rollback();
        }
        // The last two rows are on both sides of the batches' present position.
        assertThat(repository.deleteExpired(2)).isEqualTo(2);
        assertThat(repository.deleteExpired(2)).isZero();
    }

    private void cleaningUpPassesOverLockedRows() throws SQLException {
        JpaSessionDataRepository repository = new JpaSessionDataRepository(persistence().factory, clock);
        String locked = create(repository);
        create(repository);
        create(repository);
        clock.advance(Duration.ofHours(1).plus(ExpiredSessionRepository.MARGIN));
        String lasting = create(repository);

        try (Connection other = persistence().settings.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select id from session_data where id = '" + SessionId.hash(locked) + "' for update");

            // If it did not skip the locked row, it would wait here forever, or until the database gives up.
            assertThat(repository.deleteExpired(10)).isEqualTo(2);
            other.rollback();
        }
        assertThat(repository.deleteExpired(10)).isEqualTo(1);
        assertThat(repository.readData(lasting)).isNotNull();
    }

    /** Runs a cleanup against another transaction's lock, for which it waits only a moment. */
    private int deletedWhileAnotherTransactionDoes(String sql, Supplier<Integer> cleanup) throws Exception {
        return whileAnotherTransactionDoes(sql, cleanup, deleted -> {
            while (!deleted.isDone() && !isTransactionBlocked()) {}
        });
    }

    /** Runs an operation against the lock of a transaction that changes the record. It waits until that transaction ends. */
    private <T> T whileAnotherTransactionUpdates(String id, Supplier<T> operation) throws Exception {
        String update = "update session_data set version = version + 1 where id = '" + SessionId.hash(id) + "'";
        return whileAnotherTransactionDoes(update, operation, result -> {
            while (!isTransactionBlocked()) {
                assertThat(result).isNotDone();
            }
        });
    }

    private <T> T whileAnotherTransactionDoes(
            String sql, Supplier<T> operation, ThrowingConsumer<CompletableFuture<T>> awaitBlocked) throws Exception {
        try (Connection other = persistence().settings.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(sql);
            CompletableFuture<T> result = CompletableFuture.supplyAsync(operation);
            awaitBlocked.accept(result);
            other.commit();
            return result.get();
        }
    }

    private boolean isTransactionBlocked() throws SQLException {
        try (Connection connection = persistence().settings.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select count(*) from pg_locks where not granted")) {
            result.next();
            return result.getLong(1) > 0;
        }
    }

    private JpaSessionDataRepository connectStrictly(boolean autoCommit) {
        Persistence opened = Persistence.on(TestDatabases.postgresql(), pool -> {
            pool.setAutoCommit(autoCommit);
            pool.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        });
        persistence = opened;
        return new JpaSessionDataRepository(opened.factory, clock);
    }

    private Persistence persistence() {
        return Objects.requireNonNull(persistence);
    }

    private String create(JpaSessionDataRepository repository) {
        SessionData data = SessionData.fromJson(
                "{}", 0, clock.instant(), null, clock.instant().plus(Duration.ofHours(1)));
        return repository.createData(data, data.expires());
    }

    private static SessionData read(JpaSessionDataRepository repository, String id) {
        return Objects.requireNonNull(repository.readData(id));
    }
}
