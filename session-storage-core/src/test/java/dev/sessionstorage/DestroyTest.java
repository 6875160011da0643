package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Destroyed stays destroyed. */
class DestroyTest {

    private final Scene scene = new Scene();
    private final String cookie = scene.stored(session -> session.set("a", 1));

    @Test
    void destroyingDeletesTheRecordAndExpiresTheCookie() {
        Session session = scene.storage.getSession(cookie);

        String header = scene.storage.destroySession(session);

        assertThat(header).startsWith("session=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970");
        assertThat(scene.repository.calls).containsExactly("read", "delete");
        assertThat(scene.events).containsExactly(SessionEvent.DESTROYED);
        assertThat(scene.storage.getSession(cookie).isNew()).isTrue();
    }

    static List<Consumer<Session>> uses() {
        return List.of(
                s -> s.get("a"),
                s -> s.get("a", Integer.class),
                s -> s.has("a"),
                s -> s.set("a", 1),
                s -> s.unset("a"),
                s -> s.flash("a", 1),
                s -> s.update("a", Integer.class, n -> 1),
                Session::data,
                Session::principal,
                s -> s.principal("robin"),
                Session::rotateId,
                Session::createdAt,
                Session::expires);
    }

    @ParameterizedTest
    @MethodSource("uses")
    void noUseAfterItsOwnDestroy(Consumer<Session> use) {
        Session session = scene.storage.getSession(cookie);
        scene.storage.destroySession(session);

        assertThatIllegalStateException().isThrownBy(() -> use.accept(session)).withMessageContaining("destroyed");
        assertThatIllegalStateException().isThrownBy(() -> scene.storage.commitSession(session));
        assertThat(session.id()).isEmpty();
        assertThat(session.isNew()).isFalse();
        assertThat(scene.repository.calls).containsExactly("read", "delete");
    }

    @Test
    void destroyingTwiceIsNoErrorAndDeletesOnce() {
        Session session = scene.storage.getSession(cookie);
        scene.storage.destroySession(session);

        assertThat(scene.storage.destroySession(session)).contains("Max-Age=0");
        assertThat(scene.repository.calls).containsExactly("read", "delete");
        assertThat(scene.events).containsExactly(SessionEvent.DESTROYED);
    }

    @Test
    void destroyingANewSessionCallsNothing() {
        Session session = scene.storage.getSession();
        session.set("a", 1);

        assertThat(scene.storage.destroySession(session)).contains("Max-Age=0");
        assertThat(scene.repository.calls).isEmpty();
        assertThatIllegalStateException().isThrownBy(() -> scene.storage.commitSession(session));
    }

    static List<Consumer<Session>> changes() {
        return List.of(
                s -> s.set("a", 2),
                s -> s.update("a", Integer.class, n -> 2),
                s -> s.principal("robin"),
                Session::rotateId,
                s -> s.unset("a"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aCommitAfterAnotherRequestsDestroyIsRefused(Consumer<Session> change) {
        Session late = scene.storage.getSession(cookie);
        change.accept(late);
        scene.storage.destroySession(scene.storage.getSession(cookie));
        scene.events.clear();

        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatExceptionOfType(SessionGoneException.class).isThrownBy(() -> scene.storage.commitSession(late));
        }

        assertThat(scene.repository.calls).doesNotContain("create");
        assertThat(scene.events).containsExactly(SessionEvent.GONE, SessionEvent.GONE);
        assertThat(scene.storage.getSession(cookie).isNew()).isTrue();
    }

    @Test
    void aDestroyBetweenReadAndCompareAndSetIsNotUndone() {
        Session late = scene.storage.getSession(cookie);
        late.set("a", 2);
        scene.repository.before("update", () -> scene.store.deleteData(late.id()));

        assertThatExceptionOfType(SessionGoneException.class).isThrownBy(() -> scene.storage.commitSession(late));
        assertThat(scene.storage.getSession(cookie).isNew()).isTrue();
    }

    @Test
    void aRequestThatRunsLongerThanTheIdleTimeoutLosesNothing() {
        Session late = scene.storage.getSession(cookie);
        late.set("a", 2);
        scene.clock.advance(
                Duration.ofMinutes(30).plus(SessionDataRepository.GRACE).minusMillis(1));
        assertThat(scene.storage.getSession(cookie).isNew()).isTrue();
        scene.storage.commitSession(late);

        assertThat(scene.seen(cookie, "a")).isEqualTo(2);
    }

    @Test
    void aCommitLongAfterTheSessionExpiredIsRefused() {
        Session late = scene.storage.getSession(cookie);
        late.set("a", 2);
        scene.clock.advance(Duration.ofMinutes(30).plus(SessionDataRepository.GRACE));

        assertThatExceptionOfType(SessionGoneException.class).isThrownBy(() -> scene.storage.commitSession(late));
        assertThat(scene.storage.getSession(cookie).isNew()).isTrue();
    }

    @Test
    void aValidIdWhoseRecordIsGoneGivesANewSessionUnderANewId() {
        Session before = scene.storage.getSession(cookie);
        scene.store.deleteData(before.id());

        Session after = scene.storage.getSession(cookie);
        assertThat(after.isNew()).isTrue();
        assertThat(after.id()).isEmpty();
        assertThat(after.data()).isEmpty();
        after.set("b", 1);
        String next = Scene.sent(scene.storage.commitSession(after));

        assertThat(next).isNotEqualTo(cookie);
        assertThat(after.id()).isNotEqualTo(before.id());
        assertThat(scene.storage.getSession(cookie).isNew()).isTrue();
    }

    @Test
    void aDestroyEndsASessionThatThisNodeCannotRead() {
        String unread = scene.stored(session -> session.set("a", 1));
        Session readable = scene.storage.getSession(unread);
        SessionData stored = scene.record(readable);
        SessionData broken =
                SessionData.fromJson("broken", 0, stored.createdAt(), stored.principal(), stored.expires());
        assertThat(scene.store.updateData(readable.id(), broken, stored.expires()))
                .isTrue();
        Session anonymous = scene.storage.getSession(unread);
        anonymous.set("b", 1);
        scene.storage.commitSession(anonymous);

        scene.storage.destroySession(anonymous);

        assertThat(anonymous.id()).isEmpty();
        assertThat(scene.store.readData(readable.id())).isNull();
        assertThat(scene.repository.calls).containsExactly("read", "read", "create", "delete", "delete");
    }

    @Test
    void aDestroyEndsASessionThatThisNodesClockTakesForExpired() {
        TestClock fast = new TestClock();
        fast.advance(Duration.ofHours(1));
        SessionStorage ahead = scene.storage(b -> b.clock(fast));
        Session expired = ahead.getSession(cookie);
        assertThat(expired.isNew()).isTrue();

        ahead.destroySession(expired);

        assertThat(scene.storage.getSession(cookie).isNew()).isTrue();
    }

    @Test
    void aFailedDestroyCanBeTriedAgain() {
        Session session = scene.storage.getSession(cookie);
        scene.repository.failAt("delete");
        assertThatExceptionOfType(SessionUnavailableException.class)
                .isThrownBy(() -> scene.storage.destroySession(session));
        scene.repository.failAt(null);
        scene.storage.destroySession(session);

        assertThat(scene.storage.getSession(cookie).isNew()).isTrue();
    }
}
