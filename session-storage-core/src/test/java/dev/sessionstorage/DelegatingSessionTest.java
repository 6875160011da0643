package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.ParameterizedTypeReference;

class DelegatingSessionTest {

    private final Scene scene = new Scene();
    private final String cookie = scene.stored(session -> {
        session.set("a", 1);
        session.principal("robin");
    });

    private static final class Guarded extends DelegatingSession {
        private final Session session;
        private boolean locked;

        Guarded(Session session) {
            this.session = session;
        }

        @Override
        protected Session delegate() {
            return session;
        }

        @Override
        protected Session delegateForChange() {
            if (locked) {
                throw new IllegalStateException("too late");
            }
            return session;
        }
    }

    @Test
    void theStorageCommitsAndDestroysTheOneBehindIt() {
        Session outer = new Guarded(new Guarded(scene.storage.getSession(cookie)));
        outer.set("a", 2);
        outer.update("n", Integer.class, n -> 5);
        outer.flash("notice", "x");
        outer.principal("grace");
        outer.rotateId();
        String next = Scene.sent(scene.storage.commitSession(outer));

        Session read = new Guarded(scene.storage.getSession(next));
        assertThat(read.id()).isEqualTo(outer.id());
        assertThat(read.isNew()).isFalse();
        assertThat(read.get("a")).isEqualTo(2);
        assertThat(read.get("n", Long.class)).isEqualTo(5L);
        assertThat(read.get("n", new ParameterizedTypeReference<Integer>() {})).isEqualTo(5);
        assertThat(read.has("notice")).isTrue();
        assertThat(read.data()).containsOnlyKeys("a", "n");
        assertThat(read.principal()).isEqualTo("grace");
        assertThat(read.createdAt()).isEqualTo(outer.createdAt());
        assertThat(read.expires()).isEqualTo(outer.expires());
        read.unset("a");
        assertThat(read.has("a")).isFalse();
        scene.storage.destroySession(read);
        assertThat(scene.storage.getSession(next).isNew()).isTrue();
    }

    static List<Consumer<Session>> changes() {
        return List.of(
                s -> s.set("a", 2),
                s -> s.unset("a"),
                s -> s.flash("a", 1),
                s -> s.update("a", Integer.class, n -> 2),
                s -> s.principal(null),
                Session::rotateId);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void everyChangeCanBeForbidden(Consumer<Session> change) {
        Guarded session = new Guarded(scene.storage.getSession(cookie));
        session.locked = true;

        assertThatIllegalStateException()
                .isThrownBy(() -> change.accept(session))
                .withMessage("too late");
        assertThat(session.get("a")).isEqualTo(1);
    }
}
