package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

class SessionStorageBuilderTest {

    private final Scene scene = new Scene();

    @Test
    void aMissingPartIsNamed() {
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> SessionStorage.builder().repository(scene.store).build())
                .withMessageContaining(".cookie(");
        assertThatIllegalStateException()
                .isThrownBy(() -> SessionStorage.builder().cookie(Scene.COOKIE).build())
                .withMessageContaining(".repository(");
        assertThatIllegalStateException()
                .isThrownBy(() -> SessionStorage.builder()
                        .cookie(Scene.COOKIE)
                        .createData((data, expires) -> "id")
                        .readData(id -> null)
                        .deleteData(id -> {})
                        .build())
                .withMessageContaining(".updateData(");
    }

    @Test
    void aRepositoryAndCallbacksTogetherAreRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> SessionStorage.builder()
                        .cookie(Scene.COOKIE)
                        .repository(scene.store)
                        .deleteData(id -> {})
                        .build())
                .withMessageContaining("not both");
    }

    @Test
    void oneBuilderBuildsTwice() {
        SessionStorage.Builder builder = SessionStorage.builder()
                .cookie(Scene.COOKIE)
                .createData(scene.store::createData)
                .readData(scene.store::readData)
                .updateData(scene.store::updateData)
                .deleteData(scene.store::deleteData)
                .clock(scene.clock);
        SessionStorage first = builder.build();
        SessionStorage second = builder.build();
        Session session = first.getSession();
        session.set("a", 1);

        assertThat(second.getSession(Scene.sent(first.commitSession(session))).get("a"))
                .isEqualTo(1);
    }

    static List<Consumer<SessionStorage.Builder>> wrongSettings() {
        return List.of(
                b -> b.idleTimeout(Duration.ZERO),
                b -> b.idleTimeout(Duration.ofSeconds(-1)),
                b -> b.idleTimeout(Duration.ofMillis(999)),
                b -> b.absoluteTimeout(Duration.ZERO),
                b -> b.absoluteTimeout(Duration.ofDays(-1)),
                b -> b.maxSize(0),
                b -> b.maxSize(-1));
    }

    @ParameterizedTest
    @MethodSource("wrongSettings")
    void aSettingThatMakesNoSenseIsRefused(Consumer<SessionStorage.Builder> setting) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> setting.accept(SessionStorage.builder()))
                .withMessageContaining("less than");
    }

    @Test
    void everyListenerIsToldOfEvents() {
        List<SessionEvent> first = new ArrayList<>();
        List<SessionEvent> second = new ArrayList<>();
        Scene told = new Scene(b -> b.onEvent(first::add).onEvent(second::add));
        told.stored(session -> session.set("a", 1));

        assertThat(first).containsExactly(SessionEvent.CREATED).isEqualTo(second);
    }

    @Test
    void fourLambdasMakeAStorage() {
        Scene plain = new Scene(MapRepository::new, settings -> {});
        String cookie = plain.stored(session -> session.set("a", 1));
        plain.request(cookie, session -> session.set("a", 2));
        assertThat(plain.seen(cookie, "a")).isEqualTo(2);
        String rotated = plain.request(cookie, Session::rotateId);
        plain.storage.destroySession(plain.storage.getSession(rotated));

        assertThat(plain.storage.getSession(rotated).isNew()).isTrue();
        assertThat(((MapRepository) plain.store).records).isEmpty();
    }

    record Person(String firstName) {}

    @Test
    void anOwnJsonMapperIsUsed() {
        JsonMapper snake = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();
        Scene own = new Scene(b -> b.jsonMapper(snake));
        String cookie = own.stored(session -> session.set("p", new Person("Robin")));

        Session session = own.storage.getSession(cookie);
        assertThat(own.record(session).toJson()).isEqualTo("{\"p\":{\"first_name\":\"Robin\"}}");
        assertThat(session.get("p", Person.class)).isEqualTo(new Person("Robin"));
    }

    @Test
    void twoStoragesLiveSideBySide() {
        SessionStorage admin = scene.storage(
                b -> b.cookie(SessionCookie.named("admin").withSecrets("another-secret-for-the-admin-storage-123456")));
        Session one = scene.storage.getSession();
        one.set("who", "user");
        Session two = admin.getSession();
        two.set("who", "admin");
        String header = Scene.sent(scene.storage.commitSession(one)) + "; " + Scene.sent(admin.commitSession(two));

        assertThat(scene.storage.getSession(header).get("who")).isEqualTo("user");
        assertThat(admin.getSession(header).get("who")).isEqualTo("admin");
        admin.destroySession(admin.getSession(header));
        assertThat(scene.storage.getSession(header).get("who")).isEqualTo("user");
        assertThat(admin.getSession(header).isNew()).isTrue();
        String swapped = header.replace("session=", "x=").replace("admin=", "session=");
        assertThat(scene.storage.getSession(swapped).isNew()).isTrue();
    }
}
