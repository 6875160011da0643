package dev.sessionstorage.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.test.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cost of each operation: round trips on PostgreSQL, statements on H2. */
class RoundTripTest {

    private static final List<String> OPERATIONS = List.of("create", "read", "update", "extend", "rotate", "delete");

    private final MutableClock clock = new MutableClock();

    @Test
    void eachOperationTakesOneRoundTrip() {
        assertThat(warmRoundTrips(true, false))
                .allSatisfy((operation, roundTrips) ->
                        assertThat(roundTrips).as(operation).isEqualTo(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutAutoCommitEachOperationTakesTwoRoundTrips(boolean hibernateKnows) {
        assertThat(warmRoundTrips(false, hibernateKnows))
                .allSatisfy((operation, roundTrips) ->
                        assertThat(roundTrips).as(operation).isEqualTo(2));
    }

    @Test
    void eachOperationIsOneStatementAndARotationAnotherForTheOldId() {
        try (Persistence persistence = Persistence.on(TestDatabases.h2())) {
            JpaSessionDataRepository repository = new JpaSessionDataRepository(persistence.factory, clock);

            Map<String, List<String>> statements = measured(repository, persistence.dataSource::statements);

            assertThat(statements).hasSize(OPERATIONS.size());
            assertThat(statements.get("create")).singleElement().asString().startsWith("insert into session_data ");
            assertThat(statements.get("read")).singleElement().asString().startsWith("select ");
            assertThat(statements.get("update")).singleElement().asString().startsWith("update session_data ");
            assertThat(statements.get("extend"))
                    .singleElement()
                    .asString()
                    .startsWith("update session_data ")
                    .doesNotContain("data=");
            assertThat(statements.get("rotate"))
                    .satisfiesExactly(
                            move -> assertThat(move).startsWith("update session_data "),
                            mark -> assertThat(mark).startsWith("insert into session_data "));
            assertThat(statements.get("delete")).singleElement().asString().startsWith("delete from session_data ");
        }
    }

    @Test
    void endingAllSessionsOfAPrincipalTakesOneStatementOnPostgresqlAndTwoElsewhere() {
        assertThat(statementsToEndAll(TestDatabases.postgresql())).isEqualTo(1);
        assertThat(statementsToEndAll(TestDatabases.h2())).isEqualTo(2);
    }

    private int statementsToEndAll(DatabaseSettings settings) {
        try (Persistence persistence = Persistence.on(settings)) {
            JpaSessionDataRepository repository = new JpaSessionDataRepository(persistence.factory, clock);
            repository.createData(data(), data().expires());
            return persistence
                    .dataSource
                    .statements(() -> assertThat(repository.deleteByPrincipal("ada", null))
                            .isEqualTo(1))
                    .size();
        }
    }

    private Map<String, Integer> warmRoundTrips(boolean autoCommit, boolean hibernateKnows) {
        Map<String, Object> properties = Map.of("hibernate.connection.provider_disables_autocommit", hibernateKnows);
        try (RoundTripProxy proxy = new RoundTripProxy(TestDatabases.postgresql());
                Persistence persistence = Persistence.on(
                        proxy.settings(),
                        pool -> {
                            pool.setAutoCommit(autoCommit);
                            pool.setMaximumPoolSize(1);
                        },
                        properties)) {
            JpaSessionDataRepository repository = new JpaSessionDataRepository(persistence.factory, clock);
            for (int i = 0; i < 10; i++) {
                // The driver prepares a statement on the server at its fifth execution.
                assertThat(measured(repository, proxy::roundTrips)).hasSize(OPERATIONS.size());
            }
            return measured(repository, proxy::roundTrips);
        }
    }

    /** Runs each operation on one record, which must succeed, and measures it. */
    private <T> Map<String, T> measured(JpaSessionDataRepository repository, Function<Runnable, T> measure) {
        Map<String, T> measured = new LinkedHashMap<>();
        SessionData data = data();
        List<String> ids = new ArrayList<>();
        measured.put("create", measure.apply(() -> ids.add(repository.createData(data, data.expires()))));
        String id = ids.get(0);
        measured.put(
                "read", measure.apply(() -> assertThat(repository.readData(id)).isEqualTo(data)));
        measured.put("update", measure.apply(() -> assertThat(repository.updateData(id, data, data.expires()))
                .isTrue()));
        SessionData second = data.withNextVersion();
        measured.put("extend", measure.apply(() -> assertThat(repository.extendData(id, second, data.expires()))
                .isTrue()));
        measured.put("rotate", measure.apply(() -> ids.add(repository.rotateData(id, second, data.expires()))));
        String newId = ids.get(1);
        assertThat(newId).isNotNull();
        measured.put("delete", measure.apply(() -> repository.deleteData(newId)));
        assertThat(repository.readData(newId)).isNull();
        return measured;
    }

    private SessionData data() {
        return SessionData.fromJson(
                "{\"n\":1}", 0, clock.instant(), "ada", clock.instant().plus(Duration.ofHours(1)));
    }
}
