package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponse;

/** A store that is down, and records that cannot be decoded. */
class FailureTest {

    private final Scene scene = new Scene();
    private final String cookie = scene.stored(session -> session.set("a", 1));

    @Test
    void aReadThatFailsIsNeverAnAnonymousSession() {
        scene.repository.failAt("read");

        assertUnavailable(() -> scene.storage.getSession(cookie), "read");
    }

    @Test
    void aFailedCreateLeavesTheSessionNewAndCanBeRepeated() {
        Session session = scene.storage.getSession();
        session.set("a", 1);
        scene.repository.failAt("create");
        assertUnavailable(() -> scene.storage.commitSession(session), "create");
        assertThat(session.isNew()).isTrue();
        scene.repository.failAt(null);

        assertThat(scene.seen(Scene.sent(scene.storage.commitSession(session)), "a"))
                .isEqualTo(1);
    }

    @Test
    void aFailedUpdateKeepsTheChangesAndCanBeRepeated() {
        Session session = scene.storage.getSession(cookie);
        session.set("a", 2);
        session.principal("robin");
        scene.repository.failAt("update");
        assertUnavailable(() -> scene.storage.commitSession(session), "update");
        scene.repository.failAt(null);
        scene.storage.commitSession(session);

        assertThat(scene.seen(cookie, "a")).isEqualTo(2);
        assertThat(scene.storage.getSession(cookie).principal()).isEqualTo("robin");
    }

    @Test
    void aStoreThatFailsDuringARetryIsUnavailable() {
        Session session = scene.storage.getSession(cookie);
        session.set("b", 2);
        SessionStorage otherNode = scene.storage(b -> {});
        Session other = otherNode.getSession(cookie);
        other.set("c", 3);
        otherNode.commitSession(other);
        scene.repository.failAt("read");

        assertUnavailable(() -> scene.storage.commitSession(session), "read");
    }

    @Test
    void failedRotationsAndDeletionsAreUnavailable() {
        Session session = scene.storage.getSession(cookie);
        session.rotateId();
        scene.repository.failAt("rotate");
        assertUnavailable(() -> scene.storage.commitSession(session), "rotate");
        scene.repository.failAt("delete");
        assertUnavailable(() -> scene.storage.destroySession(session), "delete");

        assertThat(scene.seen(cookie, "a")).isEqualTo(1);
    }

    @Test
    void anExtensionThatTheStoreRefusesIsDroppedWithOneWarningPerOutage() {
        for (int outage = 1; outage <= 2; outage++) {
            scene.events.clear();
            try (CapturedLog log = new CapturedLog()) {
                scene.repository.failAt("extend");
                for (int request = 0; request < 3; request++) {
                    scene.clock.advance(Duration.ofMinutes(4));
                    assertThat(Scene.sent(scene.storage.commitSession(read()))).isEqualTo(cookie);
                }
                assertThat(log.warnings()).hasSize(1).first().asString().contains("failed to extend");
            }
            assertThat(scene.events)
                    .containsExactly(
                            SessionEvent.EXTENSION_DROPPED,
                            SessionEvent.EXTENSION_DROPPED,
                            SessionEvent.EXTENSION_DROPPED);

            scene.repository.failAt(null);
            scene.storage.commitSession(read());
            assertThat(scene.events).endsWith(SessionEvent.EXTENDED);
        }
    }

    @Test
    void aStoreWithoutVersionsThatFailsBeforeAnExtensionDropsIt() {
        Session first = read();
        scene.clock.advance(Duration.ofMinutes(10));
        scene.repository.failAt("update");
        SessionStorage storage = SessionStorage.builder()
                .cookie(Scene.COOKIE)
                .createData((data, expires) -> SessionId.create())
                .readData(id -> scene.record(first))
                .updateData((id, data, expires) -> scene.repository.updateData(id, data, expires))
                .deleteData(id -> {})
                .clock(scene.clock)
                .onEvent(scene.events::add)
                .build();

        storage.commitSession(storage.getSession(cookie));

        assertThat(scene.events).containsExactly(SessionEvent.EXTENSION_DROPPED);
    }

    /** Both commits, at the start and at the end of the body, would wait for a store that does not respond. */
    @Test
    void theCommitsOfOneRequestAskAStoreThatRefusedAnExtensionOnce() {
        scene.clock.advance(Duration.ofMinutes(10));
        Session session = read();
        scene.repository.forget();
        scene.repository.failAt("extend");
        scene.storage.commitSession(session);
        scene.storage.commitSession(session);
        assertThat(scene.repository.calls).containsExactly("extend");

        scene.repository.failAt(null);
        scene.clock.advance(Duration.ofMinutes(1));
        scene.storage.commitSession(session);
        assertThat(scene.events).endsWith(SessionEvent.EXTENDED);
    }

    /** The extension can become due between two commits, when the whole response has been sent. */
    @Test
    void aLaterCommitOfARequestThatOnlyReadDoesNotFailForItsExtension() {
        Session session = read();
        scene.storage.commitSession(session);
        scene.clock.advance(Duration.ofMinutes(4));
        scene.repository.failAt("extend");

        scene.storage.commitSession(session);

        assertThat(scene.events).containsExactly(SessionEvent.EXTENSION_DROPPED);
    }

    /** Only an extension may be dropped, not a change that comes with one. */
    @Test
    void aChangeThatTheStoreRefusesIsUnavailableThoughAnExtensionIsDue() {
        scene.clock.advance(Duration.ofMinutes(10));
        Session session = read();
        session.set("a", 2);
        scene.repository.failAt("update");

        assertUnavailable(() -> scene.storage.commitSession(session), "update");
    }

    private Session read() {
        Session session = scene.storage.getSession(cookie);
        assertThat(session.get("a")).isEqualTo(1);
        return session;
    }

    private static void assertUnavailable(ThrowingCallable call, String operation) {
        assertThatExceptionOfType(SessionUnavailableException.class)
                .isThrownBy(call)
                .withMessageContaining(operation)
                .withCauseInstanceOf(RecordingRepository.StoreDownException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "1",
                "\"hunter2\"",
                "hunter2",
                "{\"a\":\"hunter2\"",
                "{\"a\":\"hunter2\"} x",
                "{\"a\":\"hunter2\"}{}",
                "{\"a\":}",
                "{a:1}",
                "{\"a\":\"hunter2\\q\"}",
                "{\"a\":[\"hunter2\",}}"
            })
    void aRecordThatCannotBeDecodedIsANewSessionForThatUserOnly(String json) {
        overwrite(json);
        String healthy = Scene.sent(scene.storage.commitSession(withAttribute(scene.storage.getSession())));
        scene.events.clear();

        try (CapturedLog log = new CapturedLog()) {
            Session session = scene.storage.getSession(cookie);

            assertThat(session.isNew()).isTrue();
            assertThat(session.data()).isEmpty();
            assertThat(log.warnings()).singleElement().asString().contains("cannot be decoded");
            assertThat(log.text()).doesNotContain("hunter2");
        }
        assertThat(scene.events).containsExactly(SessionEvent.UNREADABLE);
        assertThat(scene.seen(healthy, "a")).isEqualTo(1);
    }

    @Test
    void aRecordThatBecomesUndecodableBeforeACommitIsAnEndedSession() {
        Session session = scene.storage.getSession(cookie);
        session.set("b", 1);
        overwrite("{\"a\":hunter2}");

        assertThatExceptionOfType(SessionGoneException.class)
                .isThrownBy(() -> scene.storage.commitSession(session))
                .satisfies(e -> assertThat(Secrets.everythingIn(e)).doesNotContain("hunter2"));
        assertThat(scene.events).containsExactly(SessionEvent.UNREADABLE, SessionEvent.GONE);
        assertThat(Objects.requireNonNull(scene.store.readData(session.id())).toJson())
                .isEqualTo("{\"a\":hunter2}");
    }

    @Test
    void nullsAndUnknownNamesOfOtherWritersAreBorne() {
        overwrite(" { \"a\" : null , \"b\" : 1 , \"__other__\" : {\"x\":[]} } ");

        Session session = scene.storage.getSession(cookie);
        assertThat(session.has("a")).isFalse();
        assertThat(session.data()).containsOnlyKeys("b");
        session.set("c", 2);
        scene.storage.commitSession(session);

        assertThat(scene.record(session).toJson()).isEqualTo("{\"b\":1,\"__other__\":{\"x\":[]},\"c\":2}");
    }

    @Test
    void theExceptionsCarryTheirStatus() {
        assertStatus(
                new SessionUnavailableException("read", new IllegalStateException()), HttpStatus.SERVICE_UNAVAILABLE);
        assertStatus(new SessionGoneException(), HttpStatus.UNAUTHORIZED);
        assertStatus(new SessionConflictException("x"), HttpStatus.CONFLICT);
    }

    private static void assertStatus(ErrorResponse error, HttpStatus status) {
        assertThat(error.getStatusCode()).isEqualTo(status);
        assertThat(error.getBody().getStatus()).isEqualTo(status.value());
        assertThat(error.getBody().getDetail()).isNotBlank();
    }

    private void overwrite(String json) {
        Session session = scene.storage.getSession(cookie);
        SessionData data = scene.record(session);
        assertThat(scene.store.updateData(
                        session.id(),
                        SessionData.fromJson(json, data.version(), data.createdAt(), null, data.expires()),
                        data.expires()))
                .isTrue();
        scene.repository.forget();
    }

    private static Session withAttribute(Session session) {
        session.set("a", 1);
        return session;
    }
}
