package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All sessions of a principal. */
class SessionsTest {

    private final Scene scene = new Scene();
    private final Sessions sessions =
            scene.storage(settings -> settings.repository(scene.store)).sessions();
    private final String phone = login("robin");
    private final String laptop = login("robin");
    private final String other = login("grace");

    @Test
    void listsThoseOfThePrincipalOnlyAndMarksTheCurrentOne() {
        Instant created = scene.clock.instant().minusSeconds(1);
        List<Sessions.Info> all = sessions.list("robin", scene.storage.getSession(laptop));

        assertThat(all).hasSize(2);
        assertThat(all).extracting(Sessions.Info::current).containsExactly(false, true);
        assertThat(all.get(1).lastUsed()).isBeforeOrEqualTo(created);
        assertThat(sessions.list("nobody", null)).isEmpty();
        assertThat(sessions.list("robin", null)).noneMatch(Sessions.Info::current);
    }

    @Test
    void aHandleOpensNothingAndEndsOneSessionOfItsOwnerOnly() {
        String handle = sessions.list("robin", null).get(0).handle();

        assertThat(handle).isNotEqualTo(scene.storage.getSession(phone).id());
        assertThat(scene.store.readData(handle)).isNull();
        assertThat(sessions.end("grace", handle)).isFalse();
        assertThat(sessions.end("robin", scene.storage.getSession(phone).id())).isFalse();
        assertThat(isAlive(phone)).isTrue();
        assertThat(sessions.end("robin", handle)).isTrue();
        assertThat(sessions.end("robin", handle)).isFalse();
        assertThat(isAlive(phone)).isFalse();
        assertThat(isAlive(laptop)).isTrue();
    }

    @Test
    void endsAllOrAllOthers() {
        assertThat(sessions.endOthers("robin", scene.storage.getSession(laptop)))
                .isEqualTo(1);
        assertThat(isAlive(phone)).isFalse();
        assertThat(isAlive(laptop)).isTrue();

        assertThat(sessions.endAll("robin")).isEqualTo(1);
        assertThat(isAlive(laptop)).isFalse();
        assertThat(isAlive(other)).isTrue();
        assertThat(sessions.endAll("robin")).isZero();
    }

    @Test
    void anEndedSessionDoesNotComeBack() {
        Session late = scene.storage.getSession(phone);
        late.set("a", 1);
        assertThat(sessions.endAll("robin")).isEqualTo(2);

        assertThatExceptionOfType(SessionGoneException.class).isThrownBy(() -> scene.storage.commitSession(late));
        assertThat(sessions.list("robin", null)).isEmpty();
    }

    @Test
    void showsTheAttributesThatItIsAskedForAndNoOthers() {
        scene.request(phone, session -> {
            session.set("device", Map.of("name", "Firefox on Android"));
            session.set("basket", "ink");
            session.flash("message", "hello");
        });

        List<Sessions.Info> all = sessions.list("robin", null, "device", "missing", "message", "__flash_message__");
        assertThat(all)
                .extracting(Sessions.Info::attributes)
                .containsExactly(Map.of("device", Map.of("name", "Firefox on Android")), Map.of());
        assertThat(all.get(0).toString()).contains("device").doesNotContain("Firefox");
        assertThat(sessions.list("robin", null))
                .allMatch(info -> info.attributes().isEmpty());
    }

    @Test
    void expiredSessionsAndThoseOfALoggedOutPrincipalAreNotListed() {
        scene.request(phone, session -> session.principal(null));
        assertThat(sessions.list("robin", null)).hasSize(1);

        scene.clock.advance(Duration.ofMinutes(30));
        assertThat(sessions.list("robin", null)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "robin\u0000", "\uD800", "robin\uDC00", "", " "})
    void aNameThatNoSessionCanHaveIsRefusedAndFindsNothing(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> login(name))
                .withMessageContaining("without NUL and without half of a surrogate pair");

        String handle = sessions.list("robin", null).get(0).handle();
        assertThat(sessions.list(name, null)).isEmpty();
        assertThat(sessions.end(name, handle)).isFalse();
        assertThat(sessions.end("robin", name)).isFalse();
        assertThat(sessions.endAll(name)).isZero();
        assertThat(sessions.endOthers(name, scene.storage.getSession(phone))).isZero();
        assertThat(isAlive(phone)).isTrue();
    }

    private String login(String principal) {
        String cookie = scene.stored(session -> session.principal(principal));
        scene.clock.advance(Duration.ofSeconds(1));
        return cookie;
    }

    private boolean isAlive(String cookie) {
        return !scene.storage.getSession(cookie).isNew();
    }
}
