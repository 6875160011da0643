package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ConcurrentModificationException;
import java.util.Deque;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** If a rollback undoes a session's writes, the session is what it was before them. */
class UndoneTransactionTest {

    private final Scene scene = new Scene(Transactions::new, builder -> {});
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
        return Map.copyOf(((Transactions) scene.store).records);
    }

    private void rollBack(Map<String, SessionData> before) {
        Transactions undone = (Transactions) scene.store;
        undone.records.clear();
        undone.records.putAll(before);
        while (!undone.actions.isEmpty()) {
            undone.actions.pop().run();
        }
    }

    private static final class Transactions extends MapRepository {

        private final Deque<Runnable> actions = new ArrayDeque<>();

        Transactions(Clock clock) {
            super(clock);
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
