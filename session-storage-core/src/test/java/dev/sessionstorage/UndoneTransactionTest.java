package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ConcurrentModificationException;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** If a rollback undoes a session's writes, the session is what it was before them. */
class UndoneTransactionTest {

    private final Scene scene = new Scene(clock -> new Transactions(new MapRepository(clock)), builder -> {});
    private final String cookie = scene.stored(session -> session.set("n", 1));

    @Test
    void aChangeIsForgottenAndAnotherRequestsIsKept() {
        Session session = scene.storage.getSession(cookie);
        Map<String, SessionData> before = begin();
        session.set("n", 2);
        scene.storage.commitSession(session);
        session.set("n", 3);
        scene.storage.commitSession(session);
        session.set("m", 1);
        rollBack(before);
        assertThat(session.get("n")).isEqualTo(1);

        scene.request(cookie, other -> other.set("x", 1));
        scene.storage.commitSession(session);

        assertThat(scene.storage.getSession(cookie).data())
                .containsOnly(Map.entry("n", 1), Map.entry("x", 1), Map.entry("m", 1));
    }

    @Test
    void aNewSessionIsNewAgain() {
        Session session = scene.storage.getSession();
        Map<String, SessionData> before = begin();
        session.set("n", 1);
        scene.storage.commitSession(session);
        rollBack(before);

        assertThat(session.isNew()).isTrue();
        session.set("m", 1);
        assertThat(scene.storage
                        .getSession(Scene.sent(scene.storage.commitSession(session)))
                        .data())
                .containsExactly(Map.entry("m", 1));
    }

    @Test
    void aRotatedSessionHasItsOldId() {
        Session session = scene.storage.getSession(cookie);
        String id = session.id();
        Map<String, SessionData> before = begin();
        session.rotateId();
        scene.storage.commitSession(session);
        assertThat(session.id()).isNotEqualTo(id);
        rollBack(before);

        assertThat(session.id()).isEqualTo(id);
        assertThat(Scene.sent(scene.storage.commitSession(session))).isEqualTo(cookie);
    }

    @Test
    void aDestroyedSessionLives() {
        Session session = scene.storage.getSession(cookie);
        Map<String, SessionData> before = begin();
        scene.storage.destroySession(session);
        rollBack(before);

        assertThat(session.get("n")).isEqualTo(1);
    }

    @Test
    void aFailureOfTheTransactionIsItsOwn() {
        Session session = scene.storage.getSession(cookie);
        session.set("n", 2);
        ConcurrentModificationException failure = new ConcurrentModificationException();
        scene.repository.failAt("update", failure);
        assertThatThrownBy(() -> scene.storage.commitSession(session)).isSameAs(failure);
        assertThat(scene.events).isEmpty();
    }

    private Map<String, SessionData> begin() {
        return Map.copyOf(((Transactions) scene.store).map.records);
    }

    private void rollBack(Map<String, SessionData> before) {
        Transactions undone = (Transactions) scene.store;
        undone.map.records.clear();
        undone.map.records.putAll(before);
        while (!undone.actions.isEmpty()) {
            undone.actions.pop().run();
        }
    }

    private static final class Transactions implements SessionDataRepository {

        private final MapRepository map;
        private final Deque<Runnable> actions = new ArrayDeque<>();

        Transactions(MapRepository map) {
            this.map = map;
        }

        @Override
        public String createData(SessionData data, Instant expires) {
            return map.createData(data, expires);
        }

        @Override
        public @Nullable SessionData readData(String id) {
            return map.readData(id);
        }

        @Override
        public boolean updateData(String id, SessionData data, Instant expires) {
            return map.updateData(id, data, expires);
        }

        @Override
        public void deleteData(String id) {
            map.deleteData(id);
        }

        @Override
        public void ifUndone(Runnable action) {
            actions.push(action);
        }

        @Override
        public boolean isOfTransaction(RuntimeException failure) {
            return failure instanceof ConcurrentModificationException;
        }
    }
}
