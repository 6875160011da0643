package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Moving a session to a new id. */
class RotationTest {

    /** The repository's own rotation, or the inherited default. */
    enum Kind {
        ATOMIC(SessionConflictException.class),
        FOUR_CALLBACKS(SessionGoneException.class);

        /** The exception for a request that comes too late. */
        final Class<? extends SessionException> lost;

        Kind(Class<? extends SessionException> lost) {
            this.lost = lost;
        }
    }

    @ParameterizedTest
    @EnumSource
    void theNewIdHasEverythingAndTheOldOneIsDead(Kind kind) {
        Scene scene = scene(kind);
        String oldCookie = scene.stored(session -> {
            session.set("cart", List.of("pen"));
            session.flash("notice", "hello");
        });
        scene.clock.advance(Duration.ofMinutes(10));
        Session session = scene.storage.getSession(oldCookie);
        String oldId = session.id();
        session.rotateId();
        session.principal("robin");
        session.set("user", 1);

        String newCookie = Scene.sent(scene.storage.commitSession(session));

        assertThat(session.id()).isNotEqualTo(oldId).hasSize(43);
        assertThat(scene.storage.getSession(oldCookie).isNew()).isTrue();
        Session next = scene.storage.getSession(newCookie);
        assertThat(next.id()).isEqualTo(session.id());
        assertThat(next.data()).isEqualTo(Map.of("cart", List.of("pen"), "user", 1));
        assertThat(next.principal()).isEqualTo("robin");
        assertThat(next.createdAt()).isEqualTo(scene.clock.instant()).isEqualTo(session.createdAt());
        assertThat(next.get("notice")).isEqualTo("hello");
        assertThat(scene.events).containsExactly(SessionEvent.ROTATED);
    }

    @ParameterizedTest
    @EnumSource
    void laterCommitsGoToTheNewIdWithoutAnotherRotation(Kind kind) {
        Scene scene = scene(kind);
        String oldCookie = scene.stored(session -> session.set("a", 1));
        Session session = scene.storage.getSession(oldCookie);
        session.rotateId();
        String newCookie = Scene.sent(scene.storage.commitSession(session));
        session.set("a", 2);

        assertThat(Scene.sent(scene.storage.commitSession(session))).isEqualTo(newCookie);
        assertThat(scene.seen(newCookie, "a")).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void aRequestOfTheOldIdThatCommitsLateIsRefused(Kind kind) {
        Scene scene = scene(kind);
        String oldCookie = scene.stored(session -> session.set("a", 1));
        Session late = scene.storage.getSession(oldCookie);
        late.set("b", 1);
        String newCookie = scene.request(oldCookie, Session::rotateId);

        assertThatExceptionOfType(kind.lost).isThrownBy(() -> scene.storage.commitSession(late));
        assertThat(scene.storage.getSession(oldCookie).isNew()).isTrue();
        assertThat(scene.storage.getSession(newCookie).data()).isEqualTo(Map.of("a", 1));
    }

    @ParameterizedTest
    @EnumSource
    void aChangeByAnotherRequestIsTakenAlong(Kind kind) {
        Scene scene = scene(kind);
        String oldCookie = scene.stored(session -> session.set("n", 1));
        Session session = scene.storage.getSession(oldCookie);
        session.rotateId();
        session.update("n", Integer.class, n -> (n == null ? 0 : n) + 1);
        scene.request(oldCookie, other -> {
            other.set("n", 10);
            other.set("b", 1);
        });

        String newCookie = Scene.sent(scene.storage.commitSession(session));

        assertThat(scene.storage.getSession(newCookie).data()).isEqualTo(Map.of("n", 11, "b", 1));
        assertThat(scene.storage.getSession(oldCookie).isNew()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void ofConcurrentRotationsOneWinsAndOneSessionIsLeft(Kind kind) throws Exception {
        Scene scene = scene(kind);
        String oldCookie = scene.stored(session -> session.set("a", 1));
        AtomicInteger won = new AtomicInteger();
        List<SessionStorage> nodes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            nodes.add(scene.storage(settings -> {}));
        }
        Threads.run(8, thread -> {
            Session session = nodes.get(thread).getSession(oldCookie);
            if (!session.isNew()) {
                session.rotateId();
                try {
                    nodes.get(thread).commitSession(session);
                    won.incrementAndGet();
                } catch (SessionException lost) {
                    assertThat(lost).isInstanceOf(kind.lost);
                }
            }
        });

        assertThat(won).hasValue(1);
        assertThat(scene.storage.getSession(oldCookie).isNew()).isTrue();
        if (scene.store instanceof MapRepository map) {
            assertThat(map.records).hasSize(1);
        }
    }

    @Test
    void aRotationThatIsOvertakenLeavesNoSecondRecord() {
        Scene scene = scene(Kind.FOUR_CALLBACKS);
        String oldCookie = scene.stored(session -> session.set("a", 1));
        Session session = scene.storage.getSession(oldCookie);
        SessionData seen = scene.record(session);
        session.rotateId();
        scene.repository.before("create", () -> scene.store.updateData(session.id(), seen, seen.expires()));

        String newCookie = Scene.sent(scene.storage.commitSession(session));

        assertThat(scene.seen(newCookie, "a")).isEqualTo(1);
        assertThat(((MapRepository) scene.store).records).containsOnlyKeys(session.id());
        assertThat(scene.events).containsExactly(SessionEvent.RETRIED, SessionEvent.ROTATED);
    }

    @Test
    void anUnchangedSessionIsMovedInOneCall() {
        Scene scene = new Scene();
        String oldCookie = scene.stored(session -> session.set("a", 1));
        scene.request(oldCookie, Session::rotateId);

        assertThat(scene.repository.calls).containsExactly("read", "rotate");
    }

    @Test
    void aNewSessionIsJustCreated() {
        Scene scene = new Scene();
        Session session = scene.storage.getSession();
        session.set("a", 1);
        session.rotateId();
        scene.storage.commitSession(session);
        scene.storage.commitSession(session);

        assertThat(scene.repository.calls).containsExactly("create");
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "read", "update", "delete"})
    void aStoreThatFailsAtAnyCallLosesNoSession(String failing) {
        Scene scene = scene(Kind.FOUR_CALLBACKS);
        String oldCookie = scene.stored(session -> session.set("cart", "pen"));
        Session session = scene.storage.getSession(oldCookie);
        session.rotateId();
        String cookie = oldCookie;
        scene.repository.failAt(failing);
        try {
            cookie = Scene.sent(scene.storage.commitSession(session));
        } catch (SessionUnavailableException crashed) {
            assertThat(crashed).hasCauseInstanceOf(RecordingRepository.StoreDownException.class);
        }
        scene.repository.failAt(null);

        assertThat(scene.seen(cookie, "cart")).isEqualTo("pen");
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "update"})
    void aFailedRotationCanBeCommittedAgain(String failing) {
        Scene scene = scene(Kind.FOUR_CALLBACKS);
        String oldCookie = scene.stored(session -> session.set("cart", "pen"));
        Session session = scene.storage.getSession(oldCookie);
        session.rotateId();
        scene.repository.failAt(failing);
        assertThatExceptionOfType(SessionUnavailableException.class)
                .isThrownBy(() -> scene.storage.commitSession(session));
        scene.repository.failAt(null);

        String newCookie = Scene.sent(scene.storage.commitSession(session));

        assertThat(newCookie).isNotEqualTo(oldCookie);
        assertThat(scene.seen(newCookie, "cart")).isEqualTo("pen");
        assertThat(scene.storage.getSession(oldCookie).isNew()).isTrue();
    }

    private static Scene scene(Kind kind) {
        return kind == Kind.ATOMIC ? new Scene() : new Scene(MapRepository::new, settings -> {});
    }
}
