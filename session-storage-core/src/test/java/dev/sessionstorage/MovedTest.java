package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

/** Requests that still carry an id from before a rotation, and logins that overlap. */
class MovedTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Scene scene = new Scene();
    private final String cookie = scene.stored(session -> session.set("cart", "pen"));

    static List<Consumer<Session>> uses() {
        return DestroyTest.uses();
    }

    @ParameterizedTest
    @MethodSource("uses")
    void aRequestWithAMovedIdMayNeitherUseTheSessionNorBeginAnother(Consumer<Session> use) {
        scene.request(cookie, Session::rotateId);
        scene.repository.forget();
        Session late = scene.storage.getSession(cookie);

        assertThat(late.isNew()).isTrue();
        assertThat(late.id()).isEmpty();
        assertMoved(() -> use.accept(late));
        assertMoved(() -> scene.storage.commitSession(late));
        assertMoved(() -> scene.storage.destroySession(late));
        assertThat(scene.repository.calls).containsExactly("read");
    }

    @Test
    void itsAnswerSaysWhenToRepeatIt() {
        scene.request(cookie, Session::rotateId);

        assertThatExceptionOfType(SessionConflictException.class)
                .isThrownBy(() -> scene.seen(cookie, "cart"))
                .satisfies(moved -> assertThat(moved.getHeaders().getFirst(HttpHeaders.RETRY_AFTER))
                        .isEqualTo("1"));
        assertThat(new SessionConflictException("another").getHeaders().isEmpty())
                .isTrue();
    }

    @Test
    void afterAMinuteItBeginsAnother() {
        scene.request(cookie, Session::rotateId);
        scene.clock.advance(MINUTE.minusMillis(1));
        assertMoved(() -> scene.seen(cookie, "cart"));
        scene.clock.advance(Duration.ofMillis(1));

        assertThat(scene.seen(cookie, "cart")).isNull();
    }

    @Test
    void anEndedSessionNeverSaysThatItMoved() {
        scene.storage.destroySession(scene.storage.getSession(cookie));
        assertThat(scene.seen(cookie, "cart")).isNull();

        String other = scene.stored(session -> session.set("a", 1));
        String rotated = scene.request(other, Session::rotateId);
        scene.storage.destroySession(scene.storage.getSession(rotated));
        assertThat(scene.seen(rotated, "a")).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void eachOfSeveralLoginsAtOnceIsLoggedInWithWhatTheAnonymousSessionHeld(int number) {
        List<Session> logins = java.util.stream.Stream.generate(() -> scene.storage.getSession(cookie))
                .limit(number)
                .toList();
        for (Session login : logins) {
            logIn(login);
            String sent = Scene.sent(scene.storage.commitSession(login));

            assertThat(scene.storage.getSession(sent).data()).isEqualTo(Map.of("cart", "pen", "user", "robin"));
            assertThat(scene.storage.getSession(sent).principal()).isEqualTo("robin");
        }
        assertThat(logins.stream().map(Session::id)).doesNotHaveDuplicates();
        assertMoved(() -> scene.seen(cookie, "cart"));
    }

    @Test
    void aLoginThatAnotherRequestHasOvertakenLongBeforeTheRotationIsOneToo() {
        Session login = scene.storage.getSession(cookie);
        logIn(login);
        scene.request(cookie, session -> session.set("cart", "pens"));
        scene.request(cookie, Session::rotateId);

        String sent = Scene.sent(scene.storage.commitSession(login));
        assertThat(scene.storage.getSession(sent).principal()).isEqualTo("robin");
    }

    static List<Consumer<Session>> whatIsNoLogin() {
        return List.of(
                session -> session.set("a", 1), Session::rotateId, session -> session.principal("robin"), session -> {
                    session.rotateId();
                    session.principal(null);
                });
    }

    @ParameterizedTest
    @MethodSource("whatIsNoLogin")
    void whoeverLogsNobodyInIsToldToRepeatTheRequest(Consumer<Session> change) {
        Session late = scene.storage.getSession(cookie);
        change.accept(late);
        scene.request(cookie, Session::rotateId);
        scene.repository.forget();

        assertMoved(() -> scene.storage.commitSession(late));
        assertThat(scene.repository.calls).doesNotContain("create");
    }

    @Test
    void aLoginDoesNotBringAnEndedSessionBack() {
        Session login = scene.storage.getSession(cookie);
        logIn(login);
        scene.storage.destroySession(scene.storage.getSession(cookie));

        assertThatExceptionOfType(SessionGoneException.class).isThrownBy(() -> scene.storage.commitSession(login));
    }

    @Test
    void anExtensionOfAMovedSessionIsDropped() {
        scene.clock.advance(Duration.ofMinutes(10));
        Session reader = scene.storage.getSession(cookie);
        reader.get("cart");
        scene.request(cookie, Session::rotateId);

        assertThat(scene.storage.commitSession(reader)).startsWith("session=");
        assertThat(scene.events).doesNotContain(SessionEvent.EXTENDED);
    }

    static List<Consumer<Session>> logins() {
        return List.of(MovedTest::logIn, session -> session.principal("robin"));
    }

    @ParameterizedTest
    @MethodSource("logins")
    void aLoginRestartsTheAbsoluteTimeout(Consumer<Session> login) {
        scene.clock.advance(MINUTE);
        String sent = scene.request(cookie, login);

        assertThat(scene.storage.getSession(sent).createdAt()).isEqualTo(scene.clock.instant());
    }

    @Test
    void aLoginOfTheSameUserRestartsItTooButNoMereRotation() {
        String first = scene.request(cookie, MovedTest::logIn);
        scene.clock.advance(MINUTE);
        String second = scene.request(first, MovedTest::logIn);
        assertThat(scene.storage.getSession(second).createdAt()).isEqualTo(scene.clock.instant());

        scene.clock.advance(MINUTE);
        String third = scene.request(second, Session::rotateId);
        String fourth = scene.request(third, session -> session.principal("robin"));
        assertThat(scene.storage.getSession(fourth).createdAt())
                .isEqualTo(scene.clock.instant().minus(MINUTE));
    }

    @Test
    void aLoginLateInAnOldSessionHasTheWholeTimeBeforeIt() {
        Scene old = new Scene(b -> b.idleTimeout(Duration.ofHours(2)).absoluteTimeout(Duration.ofHours(3)));
        String anonymous = old.stored(session -> session.set("a", 1));
        for (int i = 0; i < 2; i++) {
            old.clock.advance(Duration.ofMinutes(85));
            old.request(anonymous, session -> session.get("a"));
        }
        Session login = old.storage.getSession(anonymous);
        logIn(login);
        old.storage.commitSession(login);

        assertThat(login.expires()).isEqualTo(old.clock.instant().plus(Duration.ofHours(2)));
    }

    private static void logIn(Session session) {
        session.rotateId();
        session.principal("robin");
        session.set("user", "robin");
    }

    private static void assertMoved(org.assertj.core.api.ThrowableAssert.ThrowingCallable use) {
        assertThatExceptionOfType(SessionConflictException.class)
                .isThrownBy(use)
                .withMessageContaining("new id");
    }
}
