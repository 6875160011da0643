package dev.sessionstorage.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.Session;
import dev.sessionstorage.transactions.NotesApplication.Access;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.transaction.support.DefaultTransactionDefinition;

/** Sessions use the primary, wherever the application reads. Pools have one connection, and the replica has no rows. */
@Timeout(300)
class ReplicaRoutingTest {

    private static final Map<String, NotesClient> APPLICATIONS = new LinkedHashMap<>();

    record Combination(Routing routing, boolean autoCommit, String path) {}

    static Stream<Combination> combinations() {
        return Stream.of(Routing.BY_A_LAZY_PROXY, Routing.BY_A_ROUTER, Routing.BY_TENANT)
                .flatMap(routing -> Stream.of(true, false).flatMap(autoCommit -> Stream.of("/view", "/plain")
                        .map(path -> new Combination(routing, autoCommit, path))));
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void aReadOnlyTransactionHasThePrimarysSession(Combination how) {
        NotesClient client = begin(how);
        client.request(session -> client.inTransaction(Access.JPA, ReplicaRoutingTest::readOnly, status -> {
            assertThat(client.countNotes(Access.JPA)).isEqualTo(how.routing().toReplica() ? 0 : 1);
            assertThat(session.get("n")).isEqualTo(1);
            assertThat(client.sessions.list("ada", null)).hasSize(1);
            if (how.routing().toReplica()) {
                change(client, session);
                assertThat(client.stored("n")).isEqualTo(2);
            }
            assertThat(client.countNotes(Access.JPA)).isEqualTo(how.routing().toReplica() ? 0 : 1);
        }));
    }

    /** The open view still holds the replica's connection. */
    @ParameterizedTest
    @MethodSource("combinations")
    void afterAReadOnlyTransactionTheSessionIsStillThePrimarys(Combination how) {
        NotesClient client = begin(how);
        client.request(session -> {
            client.inTransaction(Access.JPA, ReplicaRoutingTest::readOnly, status -> client.countNotes(Access.JPA));
            assertThat(session.get("n")).isEqualTo(1);
            session.set("n", 2);
        });
        assertThat(client.stored("n")).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void aTransactionThatWritesHasTheSessionInIt(Combination how) {
        NotesClient client = begin(how);
        client.request(session -> client.inTransaction(Access.JPA, definition -> {}, status -> {
            client.insertNote(Access.JPA);
            change(client, session);
            assertThat(client.stored("n")).isEqualTo(1);
            status.setRollbackOnly();
        }));
        assertThat(client.stored("n")).isEqualTo(1);
        assertThat(client.notes()).isEqualTo(1);
    }

    /** The view holds the only connection to the primary. */
    @ParameterizedTest
    @MethodSource("combinations")
    void afterATransactionThatWroteTheViewsConnectionIsUsed(Combination how) {
        NotesClient client = begin(how);
        client.request(session -> {
            client.inTransaction(Access.JPA, definition -> {}, status -> client.insertNote(Access.JPA));
            assertThat(session.get("n")).isEqualTo(1);
            session.set("n", 2);
        });
        assertThat(client.stored("n")).isEqualTo(2);
    }

    private static NotesClient begin(Combination how) {
        NotesClient client = APPLICATIONS.computeIfAbsent(
                how.routing().name() + how.autoCommit(),
                any -> NotesClient.start("h2", how.autoCommit(), how.routing()));
        client.begin(how.path());
        client.settings.execute("insert into note (id) values (1)");
        return client;
    }

    private static void readOnly(DefaultTransactionDefinition definition) {
        definition.setReadOnly(true);
    }

    private static void change(NotesClient client, Session session) {
        session.set("n", 2);
        client.storage.commitSession(session);
    }

    @AfterAll
    static void stop() {
        APPLICATIONS.values().forEach(NotesClient::close);
        APPLICATIONS.clear();
    }
}
