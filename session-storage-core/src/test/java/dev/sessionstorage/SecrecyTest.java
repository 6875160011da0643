package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;

/** No id, secret or attribute value in any log, exception or toString. */
class SecrecyTest {

    private static final String VALUE = "hunter2";

    private final Scene scene = new Scene(b -> b.maxSize(2_000));
    private final String cookie = scene.stored(session -> {
        session.set("password", VALUE);
        session.flash("token", VALUE);
        session.principal("robin");
    });
    private final Session session = scene.storage.getSession(cookie);
    private final String id = session.id();

    @Test
    void toStringShowsNothing() {
        assertThat(List.of(
                                session,
                                scene.storage.getSession(),
                                scene.record(session),
                                Scene.COOKIE,
                                scene.storage,
                                scene.store,
                                "end")
                        .toString())
                .doesNotContain(id, VALUE, Scene.SECRET)
                .contains("Session[" + SessionId.shortHash(id) + "]", "Session[new]");
        scene.storage.destroySession(session);
        assertThat(session).hasToString("Session[destroyed]");
    }

    /** The storage's toString is logged at startup. */
    @Test
    void whatCallbacksSayOfThemselvesIsNotRepeated() {
        record Reading(String password) implements Function<String, @Nullable SessionData> {
            @Override
            public @Nullable SessionData apply(String read) {
                return null;
            }
        }
        SessionStorage storage = SessionStorage.builder()
                .cookie(Scene.COOKIE)
                .createData((data, expires) -> SessionId.create())
                .readData(new Reading(VALUE))
                .updateData((updated, data, expires) -> false)
                .deleteData(deleted -> {})
                .build();
        assertThat(storage.toString()).contains("CallbackSessionDataRepository").doesNotContain(VALUE);
    }

    @Test
    void theHashPrefixIsShortAndNotPartOfTheId() {
        assertThat(SessionId.shortHash(id)).hasSize(8);
        assertThat(SessionId.hash(id)).hasSize(43).isNotEqualTo(id).startsWith(SessionId.shortHash(id));
    }

    @Test
    void noFailureShowsAnything() {
        List<Object> unwritable = new ArrayList<>(List.of(VALUE));
        unwritable.add(unwritable);
        Session gone = scene.storage.getSession(cookie);
        gone.set("a", VALUE);
        Session conflicting = scene.storage.getSession(cookie);
        conflicting.set("password", conflicting.get("password") + "!");
        Session large = scene.storage.getSession(cookie);
        large.set("large", VALUE.repeat(1_000));

        assertSilent(() -> session.get("password", Integer.class));
        assertSilent(() -> session.get("password", new ParameterizedTypeReference<Map<String, Integer>>() {}));
        assertSilent(() -> session.get("token", Thread.State.class));
        assertSilent(() -> session.update("password", Integer.class, n -> 1));
        assertSilent(() -> session.set("password", unwritable));
        assertSilent(() -> session.set("__password", VALUE));
        assertSilent(() -> session.set("half", VALUE + "\ud800"));
        assertSilent(() -> scene.storage.commitSession(large));
        scene.request(cookie, other -> other.set("password", VALUE + "?"));
        assertSilent(() -> scene.storage.commitSession(conflicting));
        assertSilent(() -> scene.storage(b -> {}).commitSession(session));
        scene.repository.failAt("read");
        assertSilent(() -> scene.storage.getSession(cookie));
        scene.repository.failAt(null);
        scene.storage.destroySession(scene.storage.getSession(cookie));
        assertSilent(() -> scene.storage.commitSession(gone));
        scene.storage.destroySession(session);
        assertSilent(() -> session.get("password"));
    }

    @Test
    void aWholeLifeLogsNothingOfIt() {
        String other = scene.stored(s -> s.set("password", VALUE));

        try (CapturedLog log = new CapturedLog()) {
            scene.storage(b -> b.cookie(Scene.COOKIE.withSecrets("short", Scene.SECRET)));
            scene.storage.getSession("session=forged; " + cookie + "; " + other);
            scene.clock.advance(Duration.ofMinutes(10));
            scene.request(cookie, s -> s.get("password"));
            Session rotated = scene.storage.getSession(cookie);
            rotated.rotateId();
            rotated.set("more", VALUE);
            scene.storage.commitSession(rotated);
            String newId = rotated.id();
            scene.storage.destroySession(rotated);

            assertThat(log.warnings()).hasSize(2);
            assertThat(log.text()).doesNotContain(id, newId, VALUE, Scene.SECRET, "short\"", cookie, other);
        }
    }

    private void assertSilent(ThrowingCallable call) {
        Throwable failure = Objects.requireNonNull(catchThrowable(call), "It should have failed");
        assertThat(Secrets.everythingIn(failure)).doesNotContain(VALUE, id, Scene.SECRET);
    }
}
