package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a commit writes, and what it leaves alone. */
class CommitTest {

    private final Scene scene = new Scene();

    @Test
    void aNewSessionIsStoredByItsFirstCommitOnly() {
        Session session = scene.storage.getSession();
        session.set("a", 1);
        assertThat(session.id()).isEmpty();
        assertThat(session.isNew()).isTrue();
        assertThat(session.expires()).isNull();
        assertThat(scene.repository.calls).isEmpty();

        String header = scene.storage.commitSession(session);

        assertThat(session.id()).hasSize(43);
        assertThat(session.isNew()).isFalse();
        assertThat(session.createdAt()).isEqualTo(scene.clock.instant());
        assertThat(session.expires()).isEqualTo(scene.clock.instant().plus(Duration.ofMinutes(30)));
        assertThat(header).startsWith("session=").endsWith("; Path=/; Secure; HttpOnly; SameSite=Lax");
        assertThat(scene.repository.calls).containsExactly("create");
        assertThat(scene.events).containsExactly(SessionEvent.CREATED);
    }

    @Test
    void anEmptyNewSessionIsNotStoredAndExpiresTheCookie() {
        Session session = scene.storage.getSession();
        session.set("a", 1);
        session.unset("a");
        session.rotateId();
        session.principal(null);

        String header = scene.storage.commitSession(session, c -> c.withMaxAge(Duration.ofDays(9)));

        assertThat(header).startsWith("session=; Path=/; Max-Age=0;");
        assertThat(session.isNew()).isTrue();
        assertThat(session.id()).isEmpty();
        assertThat(scene.repository.calls).isEmpty();
    }

    @Test
    void aPrincipalOrAFlashValueAloneIsWorthARecord() {
        String byPrincipal = scene.stored(session -> session.principal("robin"));
        String byFlash = scene.stored(session -> session.flash("notice", "hello"));

        assertThat(scene.storage.getSession(byPrincipal).principal()).isEqualTo("robin");
        assertThat(scene.seen(byFlash, "notice")).isEqualTo("hello");
    }

    @Test
    void aSecondCommitUpdatesAndNeverCreatesAgain() {
        Session session = scene.storage.getSession();
        session.set("a", 1);
        String first = Scene.sent(scene.storage.commitSession(session));
        session.set("a", 2);
        String second = Scene.sent(scene.storage.commitSession(session));
        String third = Scene.sent(scene.storage.commitSession(session));

        assertThat(first).isEqualTo(second).isEqualTo(third);
        assertThat(scene.repository.calls).containsExactly("create", "update");
        assertThat(scene.seen(first, "a")).isEqualTo(2);
    }

    @Test
    void aSecondCommitDoesNotRepeatTheChangesOfTheFirst() {
        Session session = scene.storage.getSession();
        session.update("n", Integer.class, n -> n == null ? 1 : n + 1);
        String cookie = Scene.sent(scene.storage.commitSession(session));
        scene.request(cookie, other -> other.set("b", 1));
        session.set("a", 1);
        scene.storage.commitSession(session);

        assertThat(scene.storage.getSession(cookie).data()).isEqualTo(Map.of("n", 1, "a", 1, "b", 1));
    }

    @Test
    void whatWasReadBeforeTheFirstCommitIsNoConflictAtTheSecond() {
        Session session = scene.storage.getSession();
        assertThat(session.get("a")).isNull();
        session.set("a", 1);
        scene.storage.commitSession(session);
        session.set("a", 2);
        scene.storage.commitSession(session);
        session.unset("a");
        scene.storage.commitSession(session);
        session.set("a", 3);
        String cookie = Scene.sent(scene.storage.commitSession(session));

        assertThat(scene.seen(cookie, "a")).isEqualTo(3);
        assertThat(scene.events).doesNotContain(SessionEvent.RETRIED, SessionEvent.CONFLICT);
    }

    @Test
    void anUnchangedSessionIsNotWritten() {
        String cookie = scene.stored(session -> {
            session.set("text", "a");
            session.set("list", List.of(1, 2));
            session.principal("robin");
        });

        String next = scene.request(cookie, session -> {
            assertThat(session.get("text")).isEqualTo("a");
            assertThat(session.get("list")).isEqualTo(List.of(1, 2));
            assertThat(session.data()).hasSize(2);
            assertThat(session.has("other")).isFalse();
            session.principal("robin");
        });

        assertThat(next).isEqualTo(cookie);
        assertThat(scene.repository.calls).containsExactly("read");
    }

    @Test
    void settingAnEqualValueWritesNothing() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("b", List.of(1.5, "x"));
        map.put("a", Map.of("n", 1));
        String cookie = scene.stored(session -> {
            session.set("text", "a");
            session.set("map", map);
        });

        scene.request(cookie, session -> {
            session.set("text", "a");
            session.set("map", new TreeMap<>(map));
        });
        scene.request(cookie, session -> {
            session.set("text", "b");
            session.set("text", "a");
            session.set("map", Map.copyOf(map));
            session.unset("absent");
            session.set("new", 1);
            session.unset("new");
        });
        scene.request(cookie, session -> session.update("text", String.class, text -> text));

        assertThat(scene.repository.calls).containsOnly("read");
    }

    @Test
    void numbersThatDifferOnlyBeyondADoubleAreDifferent() {
        String cookie = scene.stored(session -> session.set("n", new BigDecimal("0.12345678901234567890")));

        scene.request(cookie, session -> session.set("n", new BigDecimal("0.12345678901234567891")));

        assertThat(scene.seen(cookie, "n")).isEqualTo(new BigDecimal("0.12345678901234567891"));
    }

    @Test
    void changingBackIsNoChange() {
        String cookie = scene.stored(session -> session.set("a", 1));

        scene.request(cookie, session -> {
            session.unset("a");
            session.set("a", 1);
            session.principal("robin");
            session.principal(null);
        });

        assertThat(scene.repository.calls).containsExactly("read");
    }

    @Test
    void aCommitIsOneRoundTrip() {
        String cookie = scene.stored(session -> session.set("a", 1));

        scene.request(cookie, session -> {
            session.set("a", 2);
            session.set("b", 3);
            session.unset("c");
            session.principal("robin");
            session.flash("notice", "saved");
        });

        assertThat(scene.repository.calls).containsExactly("read", "update");
        assertThat(scene.events).containsExactly(SessionEvent.UPDATED);
        Session next = scene.storage.getSession(cookie);
        assertThat(next.data()).isEqualTo(Map.of("a", 2, "b", 3)).isUnmodifiable();
        assertThat(next.principal()).isEqualTo("robin");
    }

    @Test
    void anUncommittedChangeIsSeenByNobodyElse() {
        String cookie = scene.stored(session -> session.set("a", 1));
        Session session = scene.storage.getSession(cookie);
        session.set("a", 2);
        session.principal("robin");

        assertThat(session.get("a")).isEqualTo(2);
        assertThat(scene.seen(cookie, "a")).isEqualTo(1);
        assertThat(scene.storage.getSession(cookie).principal()).isNull();
    }

    @Test
    void aSessionThatIsTooLargeIsRefusedBeforeAnyCall() {
        Scene small = new Scene(b -> b.maxSize(100));
        String fits = small.stored(session -> session.set("a", "x".repeat(100 - "{\"a\":\"\"}".length())));
        Session created = small.storage.getSession();
        created.set("a", "ä".repeat(60));
        Session updated = small.storage.getSession(fits);
        updated.set("b", 1);
        Session rotated = small.storage.getSession(fits);
        rotated.set("b", 1);
        rotated.rotateId();
        small.repository.forget();

        for (Session session : List.of(created, updated, rotated)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> small.storage.commitSession(session))
                    .withMessageContaining("max-size of 100");
        }
        assertThat(small.repository.calls).isEmpty();
        created.unset("a");
        created.set("a", "short");
        assertThat(small.seen(Scene.sent(small.storage.commitSession(created)), "a"))
                .isEqualTo("short");
    }

    @Test
    void aSessionOfAnotherStorageIsRefused() {
        SessionStorage other = scene.storage(b -> {});
        Session session = other.getSession();
        session.set("a", 1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> scene.storage.commitSession(session))
                .withMessageContaining("not made by this");
        assertThatIllegalArgumentException().isThrownBy(() -> scene.storage.destroySession(session));
        assertThat(scene.repository.calls).isEmpty();
        assertThat(Scene.sent(other.commitSession(session))).startsWith("session=");
    }

    @Test
    void theOverrideChangesTheCookieOnly() {
        Session session = scene.storage.getSession();
        session.set("a", 1);

        String header = scene.storage.commitSession(
                session, c -> c.withName("other").withPath("/app").withDomain("example.org"));

        assertThat(header).startsWith("other=").contains("; Path=/app; Domain=example.org; ");
        assertThat(scene.storage.destroySession(session, c -> c.withName("other")))
                .startsWith("other=; ")
                .contains("Max-Age=0");
    }
}
