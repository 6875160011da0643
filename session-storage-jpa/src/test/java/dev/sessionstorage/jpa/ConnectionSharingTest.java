package dev.sessionstorage.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.test.MutableClock;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Transactions and connections of the calling thread, on a pool of one connection: waiting for a second one would never end.
 */
@Timeout(60)
class ConnectionSharingTest {

    private static final Map<String, Object> SPRINGS_MODE =
            Map.of("hibernate.connection.handling_mode", "DELAYED_ACQUISITION_AND_HOLD");
    private static final Map<String, Object> WITH_LATE_CONNECTIONS = Map.of(
            "hibernate.connection.handling_mode",
            "DELAYED_ACQUISITION_AND_HOLD",
            "hibernate.connection.provider_disables_autocommit",
            true);

    private final MutableClock clock = new MutableClock();
    private @Nullable Persistence persistence;
    private @Nullable Session current;

    static Stream<Pool> pools() {
        return Stream.of("h2", "postgresql")
                .flatMap(vendor -> Stream.of(
                        new Pool(vendor, true, false), new Pool(vendor, false, false), new Pool(vendor, false, true)));
    }

    /** With late connections, Hibernate takes one only at a transaction's first statement. */
    private record Pool(String vendor, boolean autoCommit, boolean lateConnections) {}

    @AfterEach
    void disconnect() {
        if (current != null) {
            current.close();
        }
        persistence().close();
    }

    @ParameterizedTest
    @MethodSource("pools")
    void writesInATransactionAreCommittedWithIt(Pool pool) {
        JpaSessionDataRepository repository = connect(pool);
        Session session = open();
        assertThat(repository.writesAreFinal()).isTrue();
        session.beginTransaction();
        session.persist(new Note(1, "first"));
        session.flush();
        assertThat(repository.writesAreFinal()).isFalse();

        String deleted = create(repository);
        String id = create(repository);
        assertThat(repository.updateData(id, data(), data().expires())).isTrue();
        assertThat(read(repository, id).version()).isEqualTo(1);
        assertThat(repository.extendData(id, read(repository, id), data().expires()))
                .isTrue();
        String newId = repository.rotateData(id, read(repository, id), data().expires());
        repository.deleteData(deleted);

        assertThat(rows("session_data")).isZero();
        session.getTransaction().commit();
        session.close();

        // The other row is the marker of the old id.
        assertThat(rows("session_data where version >= 0")).isEqualTo(1);
        assertThat(rows("note")).isEqualTo(1);
        assertThat(newId).isNotNull();
        assertThat(read(repository, String.valueOf(newId)).version()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("pools")
    void writesInATransactionAreRolledBackWithIt(Pool pool) {
        JpaSessionDataRepository repository = connect(pool);
        String lasting = create(repository);
        Session session = open();
        session.beginTransaction();

        // The transaction's first statement: with late connections the transaction has no connection yet.
        String id = create(repository);
        repository.deleteData(lasting);
        session.persist(new Note(1, "first"));
        session.flush();
        assertThat(repository.readData(id)).isNotNull();
        assertThat(repository.readData(lasting)).isNull();
        session.getTransaction().rollback();

        assertThat(repository.readData(id)).isNull();
        assertThat(repository.readData(lasting)).isNotNull();
        assertThat(rows("note")).isZero();
    }

    @ParameterizedTest
    @MethodSource("pools")
    void writesOnAHeldConnectionWithoutTransactionAreCommitted(Pool pool) {
        JpaSessionDataRepository repository = connect(pool);
        assertThat(open().find(Note.class, 1)).isNull();
        assertThat(persistence().activeConnections()).isEqualTo(1);

        String id = create(repository);

        assertThat(rows("session_data")).isEqualTo(1);
        assertThat(repository.updateData(id, data(), data().expires())).isTrue();
        assertThat(repository.readData(id)).isNotNull();
        assertThat(persistence().activeConnections()).isEqualTo(1);
        repository.deleteData(id);
        assertThat(rows("session_data")).isZero();
    }

    @ParameterizedTest
    @MethodSource("pools")
    void aSessionWithoutConnectionIsNotMadeToHoldOne(Pool pool) {
        JpaSessionDataRepository repository = connect(pool);
        open();

        String id = create(repository);

        assertThat(persistence().activeConnections()).isZero();
        assertThat(repository.readData(id)).isNotNull();
        assertThat(persistence().activeConnections()).isZero();
    }

    @ParameterizedTest
    @MethodSource("pools")
    void aReadSeesFreshDataThoughThePersistenceContextIsStale(Pool pool) {
        JpaSessionDataRepository repository = connect(pool);
        String id = create(repository);
        Session session = open();
        assertThat(session.createSelectionQuery("from SessionStorageRecord", SessionRecord.class)
                        .getResultList())
                .hasSize(1);

        execute("update session_data set data = '{\"n\":2}', version = 8");

        assertThat(read(repository, id).toJson()).isEqualTo("{\"n\":2}");
        assertThat(read(repository, id).version()).isEqualTo(8);
    }

    @ParameterizedTest
    @MethodSource("pools")
    void anOldSnapshotOfAHeldConnectionIsNotUsed(Pool pool) {
        JpaSessionDataRepository repository = connect(pool, "REPEATABLE_READ");
        String id = create(repository);
        assertThat(open().find(Note.class, 1)).isNull();

        execute("update session_data set version = 8");

        assertThat(read(repository, id).version()).isEqualTo(8);
        assertThat(repository.updateData(id, read(repository, id), data().expires()))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("pools")
    void changedEntitiesOfTheApplicationAreNotFlushed(Pool pool) {
        JpaSessionDataRepository repository = connect(pool);
        Session session = open();
        session.beginTransaction();
        session.persist(new Note(1, "first"));

        assertThat(persistence().dataSource.statements(() -> assertThat(repository.readData(create(repository)))
                        .isNotNull()))
                .hasSize(2)
                .noneMatch(sql -> sql.contains("note"));
        session.getTransaction().commit();
        assertThat(rows("note")).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("pools")
    void aHeldConnectionIsUsableAfterAFailure(Pool pool) {
        JpaSessionDataRepository repository = connect(pool);
        Session session = open();
        assertThat(session.find(Note.class, 1)).isNull();
        SessionData tooLong = SessionData.fromJson("{}", 0, clock.instant(), "a".repeat(256), clock.instant());

        assertThatThrownBy(() -> repository.createData(tooLong, tooLong.expires()))
                .isInstanceOf(PersistenceException.class);

        assertThat(session.find(Note.class, 1)).isNull();
        assertThat(repository.readData(create(repository))).isNotNull();
        assertThat(rows("session_data")).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("pools")
    void aConnectionOfItsOwnIsGivenBackAsItWasAfterAFailure(Pool pool) throws SQLException {
        JpaSessionDataRepository repository = connect(pool);
        SessionData tooLong = SessionData.fromJson("{}", 0, clock.instant(), "a".repeat(256), clock.instant());

        assertThatThrownBy(() -> repository.createData(tooLong, tooLong.expires()))
                .isInstanceOf(PersistenceException.class);

        assertThat(persistence().activeConnections()).isZero();
        try (Connection connection = persistence().dataSource.getConnection()) {
            assertThat(connection.getAutoCommit()).isEqualTo(pool.autoCommit());
        }
        assertThat(repository.readData(create(repository))).isNotNull();
        assertThat(rows("session_data")).isEqualTo(1);
    }

    @Test
    void anEmptyPoolIsAFailureOfTheDatabase() throws SQLException {
        JpaSessionDataRepository repository = connect(new Pool("h2", true, false));
        try (Connection taken = persistence().dataSource.getConnection()) {
            assertThat(taken.isValid(0)).isTrue();
            assertThatThrownBy(() -> create(repository)).isInstanceOf(PersistenceException.class);
        }
        assertThat(repository.readData(create(repository))).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("pools")
    void aClosedSessionIsIgnored(Pool pool) {
        JpaSessionDataRepository repository = connect(pool);
        open().close();

        assertThat(repository.readData(create(repository))).isNotNull();
    }

    /** The other commit has the turn and waits for the connection that this one holds. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCommitOnAHeldConnectionDoesNotWaitForTheOthersOfItsSession(boolean inTransaction) throws Exception {
        persistence = Persistence.on(
                TestDatabases.h2(),
                config -> {
                    config.setMaximumPoolSize(1);
                    config.setConnectionTimeout(10_000);
                },
                SPRINGS_MODE);
        Thread holder = Thread.currentThread();
        SessionStorage storage = SessionStorage.builder()
                .cookie(SessionCookie.named("session").withSecrets("a-secret-of-the-tests-0123456789abc"))
                .repository(new JpaSessionDataRepository(
                        persistence().factory,
                        clock,
                        () -> HeldConnection.find(Thread.currentThread() == holder ? current : null)))
                .clock(clock)
                .build();
        String cookie = changed(storage, storage.getSession(), "created");
        dev.sessionstorage.Session other = storage.getSession(cookie);

        Session held = open();
        if (inTransaction) {
            held.beginTransaction();
        }
        assertThat(held.find(Note.class, 1)).isNull();
        CompletableFuture<String> otherCommit = CompletableFuture.supplyAsync(() -> changed(storage, other, "other"));
        while (persistence().threadsThatWaitForAConnection() == 0) {
            assertThat(otherCommit).isNotDone();
        }
        changed(storage, storage.getSession(cookie), "own");
        assertThat(otherCommit).isNotDone();
        if (inTransaction) {
            held.getTransaction().commit();
        }
        held.close();
        otherCommit.get();

        assertThat(storage.getSession(cookie).data()).containsOnlyKeys("created", "other", "own");
    }

    @ParameterizedTest
    @MethodSource("pools")
    void whatIsPendingOnAHeldConnectionIsNotCommitted(Pool pool) {
        JpaSessionDataRepository repository = connect(pool, 2, "READ_COMMITTED");
        String id = create(repository);
        Session session = open();
        session.doWork(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("insert into note (id, text) values (1, 'pending')");
            }
        });
        assertThat(repository.readData(id)).isNotNull();
        assertThat(repository.updateData(id, data(), data().expires())).isTrue();
        assertThat(repository.findByPrincipal("ada")).hasSize(1);

        // With auto-commit, nothing is ever pending.
        assertThat(rows("note")).isEqualTo(pool.autoCommit() ? 1 : 0);
        assertThat(rows("session_data where version = 1")).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("pools")
    void aRowThatTheApplicationHasLockedStaysLocked(Pool pool) {
        JpaSessionDataRepository repository = connect(pool, 2, "READ_COMMITTED");
        execute("insert into note (id, text) values (1, 'locked')");
        String id = create(repository);
        Session session = open();
        session.beginTransaction();
        session.createNativeQuery("select id from note where id = 1 for update", Long.class)
                .getSingleResult();
        assertThat(repository.updateData(id, data(), data().expires())).isTrue();
        assertThatThrownBy(() -> execute("select id from note where id = 1 for update nowait"))
                .hasCauseInstanceOf(SQLException.class);
        session.getTransaction().rollback();
    }

    @ParameterizedTest
    @MethodSource("pools")
    void anExtensionThatFailsLeavesTheTransactionAsItWas(Pool pool) throws SQLException {
        JpaSessionDataRepository repository = connect(pool);
        String id = create(repository);
        SessionData stored = read(repository, id);
        Session session = open();
        session.beginTransaction();
        session.persist(new Note(1, "first"));
        session.flush();
        session.doWork(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(pool.vendor().equals("h2") ? "set lock_timeout 10" : "set local lock_timeout = 10");
            }
        });
        try (Connection other = persistence().settings.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select id from session_data for update");
            assertThatThrownBy(() -> repository.extendData(id, stored, data().expires()))
                    .isInstanceOf(PersistenceException.class);
            other.rollback();
        }
        assertThat(repository.readData(id)).isNotNull();
        session.getTransaction().commit();
        assertThat(rows("note")).isEqualTo(1);
    }

    private static String changed(SessionStorage storage, dev.sessionstorage.Session session, String attribute) {
        session.set(attribute, true);
        String header = storage.commitSession(session);
        return header.substring(0, header.indexOf(';'));
    }

    private JpaSessionDataRepository connect(Pool pool) {
        return connect(pool, "READ_COMMITTED");
    }

    private JpaSessionDataRepository connect(Pool pool, String isolation) {
        return connect(pool, 1, isolation);
    }

    private JpaSessionDataRepository connect(Pool pool, int size, String isolation) {
        Persistence opened = Persistence.on(
                pool.vendor().equals("h2") ? TestDatabases.h2() : TestDatabases.postgresql(),
                config -> {
                    config.setMaximumPoolSize(size);
                    config.setAutoCommit(pool.autoCommit());
                    config.setTransactionIsolation("TRANSACTION_" + isolation);
                },
                pool.lateConnections() ? WITH_LATE_CONNECTIONS : SPRINGS_MODE);
        persistence = opened;
        return new JpaSessionDataRepository(opened.factory, clock, () -> HeldConnection.find(current));
    }

    private Session open() {
        Session session = persistence().factory.openSession();
        current = session;
        return session;
    }

    private Persistence persistence() {
        return Objects.requireNonNull(persistence);
    }

    private SessionData data() {
        return SessionData.fromJson(
                "{\"n\":1}", 0, clock.instant(), "ada", clock.instant().plus(Duration.ofHours(1)));
    }

    private String create(JpaSessionDataRepository repository) {
        return repository.createData(data(), data().expires());
    }

    private static SessionData read(JpaSessionDataRepository repository, String id) {
        return Objects.requireNonNull(repository.readData(id));
    }

    private void execute(String sql) {
        persistence().settings.execute(sql);
    }

    /** Counts the rows that another connection sees. */
    private long rows(String table) {
        try (Connection connection = persistence().settings.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select count(*) from " + table)) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
