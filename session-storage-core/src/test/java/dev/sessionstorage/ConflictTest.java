package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two requests of one session at the same time. */
class ConflictTest {

    private final Scene scene = new Scene();
    private final String cookie = scene.stored(session -> {
        session.set("a", 1);
        session.set("b", 1);
    });

    @Test
    void changesOfDifferentAttributesMerge() {
        Session mine = scene.storage.getSession(cookie);
        mine.get("a");
        mine.set("a", 2);
        mine.set("c", 3);
        scene.request(cookie, other -> {
            other.get("b");
            other.set("b", 2);
            other.principal("robin");
        });
        scene.events.clear();
        scene.storage.commitSession(mine);

        Session next = scene.storage.getSession(cookie);
        assertThat(next.data()).isEqualTo(Map.of("a", 2, "b", 2, "c", 3));
        assertThat(next.principal()).isEqualTo("robin");
        assertThat(mine.data()).isEqualTo(next.data());
        assertThat(scene.events).containsExactly(SessionEvent.RETRIED, SessionEvent.UPDATED);
    }

    @Test
    void changesOnDifferentNodesMergeToo() {
        SessionStorage otherNode = scene.storage(b -> {});
        Session mine = scene.storage.getSession(cookie);
        mine.set("a", 2);
        Session other = otherNode.getSession(cookie);
        other.set("b", 2);
        otherNode.commitSession(other);
        scene.events.clear();
        scene.storage.commitSession(mine);

        assertThat(scene.storage.getSession(cookie).data()).isEqualTo(Map.of("a", 2, "b", 2));
        assertThat(scene.events).containsExactly(SessionEvent.RETRIED, SessionEvent.UPDATED);
    }

    @Test
    void updateIsAppliedAgainToTheFreshValue() {
        AtomicInteger runs = new AtomicInteger();
        Session mine = scene.storage.getSession(cookie);
        Integer first = mine.update("a", Integer.class, n -> {
            runs.incrementAndGet();
            return (n == null ? 0 : n) + 10;
        });
        scene.request(cookie, other -> other.update("a", Integer.class, n -> (n == null ? 0 : n) + 100));
        scene.storage.commitSession(mine);

        assertThat(first).isEqualTo(11);
        assertThat(runs).hasValueGreaterThan(1);
        assertThat(mine.get("a", Integer.class)).isEqualTo(111);
        assertThat(scene.seen(cookie, "a")).isEqualTo(111);
    }

    @Test
    void updateAfterAGetIsNoConflictAndSeesARemoval() {
        Session mine = scene.storage.getSession(cookie);
        mine.get("a");
        mine.update("a", Integer.class, n -> n == null ? -1 : n + 1);
        scene.request(cookie, other -> other.unset("a"));
        scene.storage.commitSession(mine);

        assertThat(scene.seen(cookie, "a")).isEqualTo(-1);
    }

    @Test
    void updatesOnTopOfASetKeepTheirOrder() {
        Session mine = scene.storage.getSession(cookie);
        mine.set("a", 5);
        mine.update("a", Integer.class, n -> n == null ? -1 : n * 2);
        scene.request(cookie, other -> other.set("a", 1_000));
        scene.storage.commitSession(mine);

        assertThat(scene.seen(cookie, "a")).isEqualTo(10);
    }

    static List<Consumer<Session>> reads() {
        return List.of(
                session -> session.get("a"),
                session -> session.get("a", Integer.class),
                session -> session.has("a"),
                Session::data);
    }

    @ParameterizedTest
    @MethodSource("reads")
    void settingWhatWasReadAndHasChangedIsAConflict(Consumer<Session> read) {
        for (Consumer<Session> write : List.<Consumer<Session>>of(s -> s.set("a", 5), s -> s.unset("a"))) {
            String fresh = scene.stored(session -> session.set("a", 1));
            Session mine = scene.storage.getSession(fresh);
            read.accept(mine);
            write.accept(mine);
            mine.set("c", 1);
            scene.request(fresh, other -> other.set("a", 2));
            SessionData before = scene.record(mine);

            assertThatExceptionOfType(SessionConflictException.class)
                    .isThrownBy(() -> scene.storage.commitSession(mine));

            assertThat(scene.record(mine)).isEqualTo(before);
            assertThat(scene.events).endsWith(SessionEvent.CONFLICT);
        }
    }

    @Test
    void readingAnAbsentAttributeCountsToo() {
        Session mine = scene.storage.getSession(cookie);
        assertThat(mine.has("c")).isFalse();
        mine.set("c", 1);
        scene.request(cookie, other -> other.set("c", 2));

        assertThatExceptionOfType(SessionConflictException.class).isThrownBy(() -> scene.storage.commitSession(mine));
    }

    @Test
    void readingWithoutSettingIsNoConflict() {
        Session mine = scene.storage.getSession(cookie);
        mine.get("a");
        mine.set("c", 1);
        scene.request(cookie, other -> other.set("a", 2));
        scene.storage.commitSession(mine);

        assertThat(scene.storage.getSession(cookie).data()).isEqualTo(Map.of("a", 2, "b", 1, "c", 1));
    }

    @Test
    void ifTheOtherRequestChangedItBackThereIsNoConflict() {
        Session mine = scene.storage.getSession(cookie);
        mine.get("a");
        mine.set("a", 5);
        scene.request(cookie, other -> other.set("a", 2));
        scene.request(cookie, other -> other.set("a", 1));
        scene.storage.commitSession(mine);

        assertThat(scene.seen(cookie, "a")).isEqualTo(5);
    }

    @Test
    void aBlindSetOrUnsetWins() {
        Session mine = scene.storage.getSession(cookie);
        mine.set("a", 5);
        mine.unset("b");
        assertThat(mine.get("a")).isEqualTo(5);
        mine.set("a", 6);
        scene.request(cookie, other -> {
            other.set("a", 2);
            other.set("b", 2);
        });
        scene.storage.commitSession(mine);

        assertThat(scene.storage.getSession(cookie).data()).isEqualTo(Map.of("a", 6));
    }

    @Test
    void lastWriteWinsIfThatIsWanted() {
        Scene careless = new Scene(b -> b.conflicts(SessionStorage.Conflicts.LAST_WRITE_WINS));
        String own = careless.stored(session -> session.set("a", 1));
        Session mine = careless.storage.getSession(own);
        mine.get("a");
        mine.set("a", 5);
        careless.request(own, other -> {
            other.set("a", 2);
            other.set("b", 2);
        });
        careless.storage.commitSession(mine);

        assertThat(careless.storage.getSession(own).data()).isEqualTo(Map.of("a", 5, "b", 2));
    }

    @Test
    void afterAConflictTheSessionCanBeReadAgainAndRetried() {
        Session mine = scene.storage.getSession(cookie);
        mine.set("a", number(mine) + 1);
        scene.request(cookie, other -> other.set("a", 2));
        assertThatThrownBy(() -> scene.storage.commitSession(mine)).isInstanceOf(SessionConflictException.class);
        assertThatThrownBy(() -> scene.storage.commitSession(mine)).isInstanceOf(SessionConflictException.class);

        scene.request(cookie, again -> again.set("a", number(again) + 1));

        assertThat(scene.seen(cookie, "a")).isEqualTo(3);
    }

    @Test
    void aReadOfAnEarlierCommitStillCountsAfterIt() {
        Session mine = scene.storage.getSession(cookie);
        mine.get("a");
        mine.set("c", 1);
        scene.storage.commitSession(mine);
        scene.request(cookie, other -> other.set("a", 2));
        mine.set("a", 5);

        assertThatExceptionOfType(SessionConflictException.class).isThrownBy(() -> scene.storage.commitSession(mine));
    }

    @Test
    void aFunctionThatFailsOnTheFreshValueStoresNothing() {
        Session mine = scene.storage.getSession(cookie);
        mine.update("a", Integer.class, n -> {
            if (n != null && n > 1) {
                throw new IllegalArgumentException("over the limit");
            }
            return 1_000;
        });
        scene.request(cookie, other -> other.set("a", 2));

        assertThatThrownBy(() -> scene.storage.commitSession(mine)).hasMessage("over the limit");
        assertThat(scene.seen(cookie, "a")).isEqualTo(2);
    }

    @Test
    void retriesAreBounded() {
        SessionStorage storage = SessionStorage.builder()
                .cookie(Scene.COOKIE)
                .createData(scene.store::createData)
                .readData(scene.store::readData)
                .updateData((id, data, expires) -> false)
                .deleteData(scene.store::deleteData)
                .clock(scene.clock)
                .build();
        Session session = storage.getSession(cookie);
        session.set("a", 5);

        assertThatExceptionOfType(SessionConflictException.class)
                .isThrownBy(() -> storage.commitSession(session))
                .withMessageContaining("gave up after 100 attempts");
    }

    @Test
    void noIncrementIsLostInOneStorage() throws Exception {
        incrementConcurrently(List.of(scene.storage), 500);

        assertThat(scene.seen(cookie, "a")).isEqualTo(4_001);
    }

    @Test
    void noIncrementIsLostBetweenNodes() throws Exception {
        List<SessionStorage> nodes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            nodes.add(scene.storage(b -> {}));
        }
        incrementConcurrently(nodes, 50);

        assertThat(scene.seen(cookie, "a")).isEqualTo(401);
        assertThat(scene.events).doesNotContain(SessionEvent.CONFLICT);
    }

    private static int number(Session session) {
        return Objects.requireNonNull(session.get("a", Integer.class));
    }

    /** Spreads eight threads over the nodes. */
    private void incrementConcurrently(List<SessionStorage> nodes, int times) throws Exception {
        Threads.run(8, thread -> {
            SessionStorage storage = nodes.get(thread % nodes.size());
            for (int i = 0; i < times; i++) {
                Session session = storage.getSession(cookie);
                session.update("a", Integer.class, n -> (n == null ? 0 : n) + 1);
                storage.commitSession(session);
            }
        });
    }
}
