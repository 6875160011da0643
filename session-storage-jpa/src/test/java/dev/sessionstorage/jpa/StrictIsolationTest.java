package dev.sessionstorage.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import dev.sessionstorage.test.MutableClock;
import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A healthy database that rolls back a statement because of another transaction, as it may at any time at SERIALIZABLE. */
@Timeout(120)
class StrictIsolationTest {

    private final MutableClock clock = new MutableClock();

    enum Call {
        READ,
        CREATE,
        UPDATE,
        EXTEND,
        ROTATE,
        DELETE,
        LIST,
        END,
        END_ALL,
        CLEAN_UP
    }

    record Database(String vendor, boolean autoCommit) {

        Persistence connect() {
            return Persistence.on(
                    vendor.equals("h2") ? TestDatabases.h2() : TestDatabases.postgresql(),
                    pool -> pool.setAutoCommit(autoCommit));
        }
    }

    static Stream<Database> databases() {
        return Stream.of("h2", "postgresql")
                .flatMap(vendor -> Stream.of(new Database(vendor, true), new Database(vendor, false)));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void everyCallTriesAgain(Database database) {
        try (Persistence persistence = database.connect()) {
            JpaSessionDataRepository repository = new JpaSessionDataRepository(persistence.factory, clock);
            for (Call call : Call.values()) {
                repository.deleteByPrincipal("ada", null);
                String id = create(repository);
                persistence.dataSource.failNext(Collections.nCopies(5, conflict("40001")));
                make(call, repository, id);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Call.class,
            names = {"READ", "DELETE", "LIST", "END", "END_ALL"})
    void inATransactionOfTheApplicationTheFailureIsItsOwn(Call call) {
        try (Persistence persistence = new Database("h2", true).connect();
                Session session = persistence.factory.openSession()) {
            JpaSessionDataRepository repository =
                    new JpaSessionDataRepository(persistence.factory, clock, () -> HeldConnection.find(session));
            String id = create(repository);
            session.beginTransaction();
            persistence.dataSource.failNext(Collections.nCopies(1, conflict("40001")));

            assertThat(persistence.dataSource.statements(() -> assertThatThrownBy(() -> make(call, repository, id))
                            .isInstanceOf(PersistenceException.class)))
                    .hasSize(1);
            session.getTransaction().rollback();
        }
    }

    @ParameterizedTest
    @EnumSource(Call.class)
    void whatMayHaveBeenDoneIsAFailure(Call call) {
        try (Persistence persistence = new Database("h2", true).connect()) {
            JpaSessionDataRepository repository = new JpaSessionDataRepository(persistence.factory, clock);
            String id = create(repository);
            persistence.dataSource.failNext(Collections.nCopies(1, conflict("40003")));

            assertThatThrownBy(() -> make(call, repository, id)).isInstanceOf(PersistenceException.class);
        }
    }

    private void make(Call call, JpaSessionDataRepository repository, String id) {
        SessionData data = data();
        switch (call) {
            case READ -> assertThat(repository.readData(id)).isNotNull();
            case CREATE ->
                assertThat(repository.createData(data, data.expires())).isNotEmpty();
            case UPDATE ->
                assertThat(repository.updateData(id, data, data.expires())).isTrue();
            case EXTEND ->
                assertThat(repository.extendData(id, data, data.expires())).isTrue();
            case ROTATE ->
                assertThat(repository.rotateData(id, data, data.expires())).isNotNull();
            case DELETE -> repository.deleteData(id);
            case LIST -> assertThat(repository.findByPrincipal("ada")).hasSize(1);
            case END ->
                assertThat(repository.deleteByHandle("ada", SessionId.hash(id))).isTrue();
            case END_ALL ->
                assertThat(repository.deleteByPrincipal("ada", null)).isEqualTo(1);
            case CLEAN_UP -> assertThat(repository.deleteExpired(10)).isZero();
        }
    }

    private String create(JpaSessionDataRepository repository) {
        return repository.createData(data(), data().expires());
    }

    private SessionData data() {
        return SessionData.fromJson(
                "{}", 0, clock.instant(), "ada", clock.instant().plus(Duration.ofHours(1)));
    }

    private static SQLException conflict(String state) {
        return new SQLException("undone because of another transaction", state);
    }
}
