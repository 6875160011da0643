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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The content of a row. */
class StoredDataTest {

    private final MutableClock clock = new MutableClock();
    private Persistence persistence = Persistence.on(TestDatabases.h2());
    private JpaSessionDataRepository repository = new JpaSessionDataRepository(persistence.factory, clock);

    @AfterEach
    void disconnect() {
        persistence.close();
    }

    @Test
    void theTableHoldsTheHashAndNeverTheId() throws SQLException {
        String first = create();
        assertThat(cells()).contains(SessionId.hash(first)).noneMatch(cell -> cell.contains(first));

        String rotated = String.valueOf(repository.rotateData(first, data(), data().expires()));
        assertThat(cells())
                .contains(SessionId.hash(rotated))
                .noneMatch(cell -> cell.contains(rotated) || cell.contains(SessionId.hash(first)));
    }

    @Test
    void thatAnIdHasMovedIsKnownForAMinuteAndThenCleanedUp() {
        String id = create();
        String newId = String.valueOf(repository.rotateData(id, data(), data().expires()));

        clock.advance(Duration.ofMinutes(1).minusMillis(1));
        assertThat(repository.isMoved(id)).isTrue();
        clock.advance(Duration.ofMillis(1));
        assertThat(repository.isMoved(id)).isFalse();
        clock.advance(ExpiredSessionRepository.MARGIN);
        assertThat(repository.deleteExpired(10)).isEqualTo(1);
        assertThat(repository.readData(newId)).isNotNull();
    }

    @Test
    void theHashIsNoId() {
        String hash = SessionId.hash(create());

        assertThat(repository.readData(hash)).isNull();
        assertThat(repository.updateData(hash, data(), data().expires())).isFalse();
        assertThat(repository.rotateData(hash, data(), data().expires())).isNull();
        repository.deleteData(hash);
        assertThat(cells()).isNotEmpty();
    }

    @Test
    void anUpdateOfADeletedRecordStoresNothing() {
        String id = create();
        repository.deleteData(id);

        assertThat(repository.updateData(id, data(), data().expires())).isFalse();
        assertThat(repository.extendData(id, data(), data().expires())).isFalse();
        assertThat(repository.rotateData(id, data(), data().expires())).isNull();
        assertThat(cells()).isEmpty();
    }

    @Test
    void timesAreMillisecondsOfTheEpoch() {
        String id = create();
        assertThat(cells())
                .contains(
                        String.valueOf(clock.millis()),
                        String.valueOf(clock.instant().plus(Duration.ofHours(1)).toEpochMilli()));
        assertThat(repository.readData(id)).isEqualTo(data());
    }

    @Test
    void aMissingTableIsAnError() {
        persistence.settings.execute("drop table session_data");

        assertThatThrownBy(() -> repository.readData("any")).isInstanceOf(PersistenceException.class);
        assertThatThrownBy(this::create).isInstanceOf(PersistenceException.class);
        assertThatThrownBy(() -> repository.updateData("any", data(), data().expires()))
                .isInstanceOf(PersistenceException.class);
        assertThatThrownBy(() -> repository.deleteData("any")).isInstanceOf(PersistenceException.class);
    }

    @Test
    void theManagedClassIsTheEntity() throws ReflectiveOperationException {
        assertThat(JpaSessionDataRepository.managedClassNames()).hasSize(1);
        for (String name : JpaSessionDataRepository.managedClassNames()) {
            assertThat(persistence
                            .factory
                            .getMetamodel()
                            .entity(Class.forName(name))
                            .getName())
                    .isEqualTo("SessionStorageRecord");
        }
    }

    @Test
    @Tag("mariadb")
    void idsThatDifferOnlyInCaseAreDifferentRecordsOnMariadb() {
        persistence.close();
        persistence = Persistence.on(TestDatabases.mariadb());
        String insert =
                "insert into session_data (id, data, version, principal, created_at, expires) values ('%s', '{}', 0, '%s', 0, 0)";
        persistence.settings.execute(
                insert.formatted("a".repeat(43), "ada") + ";" + insert.formatted("A" + "a".repeat(42), "Ada"));

        assertThat(count("select count(*) from session_data")).isEqualTo(2);
        assertThat(count("select count(*) from session_data where id = '" + "a".repeat(43) + "'"))
                .isEqualTo(1);
        assertThat(count("select count(*) from session_data where principal = 'ada'"))
                .isEqualTo(1);
    }

    private String create() {
        return repository.createData(data(), data().expires());
    }

    private SessionData data() {
        return SessionData.fromJson(
                "{\"n\":1}", 0, clock.instant(), "ada", clock.instant().plus(Duration.ofHours(1)));
    }

    private long count(String sql) {
        return Long.parseLong(query(sql).get(0));
    }

    /** Every cell of the table as text. */
    private List<String> cells() {
        return query("select id, data, version, principal, created_at, expires from session_data");
    }

    private List<String> query(String sql) {
        try (Connection connection = persistence.settings.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> cells = new ArrayList<>();
            while (result.next()) {
                for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                    cells.add(String.valueOf(result.getString(column)));
                }
            }
            return cells;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
