package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.ParameterizedTypeReference;

/** Values that the first get consumes. */
class FlashTest {

    private final Scene scene = new Scene();
    private final String cookie = scene.stored(session -> session.flash("notice", "saved"));

    @Test
    void theFirstGetConsumesAndTheCommitSavesThat() {
        String next = scene.request(cookie, session -> {
            assertThat(session.has("notice")).isTrue();
            assertThat(session.get("notice")).isEqualTo("saved");
            assertThat(session.has("notice")).isFalse();
            assertThat(session.get("notice")).isNull();
        });

        assertThat(scene.repository.calls).containsExactly("read", "update");
        assertThat(scene.storage.getSession(next).has("notice")).isFalse();
    }

    @Test
    void whatNobodySeesConsumesNothing() {
        Session read = scene.storage.getSession(cookie);
        DelegatingSession unseen = new DelegatingSession() {
            @Override
            protected Session delegate() {
                return read;
            }

            @Override
            protected boolean isSeen() {
                return false;
            }
        };
        assertThat(unseen.get("notice")).isEqualTo("saved");
        scene.storage.commitSession(unseen);
        assertThat(scene.repository.calls).containsExactly("read");

        unseen.set("a", 1);
        assertThat(unseen.get("notice")).isEqualTo("saved");
        scene.storage.commitSession(unseen);

        assertThat(scene.seen(cookie, "a")).isEqualTo(1);
        assertThat(scene.seen(cookie, "notice")).isEqualTo("saved");
    }

    @Test
    void hasAndDataDoNotConsume() {
        scene.request(cookie, session -> {
            assertThat(session.has("notice")).isTrue();
            assertThat(session.data()).isEmpty();
        });

        assertThat(scene.repository.calls).containsExactly("read");
        assertThat(scene.seen(cookie, "notice")).isEqualTo("saved");
    }

    @Test
    void withoutACommitItIsStillThere() {
        assertThat(scene.seen(cookie, "notice")).isEqualTo("saved");
        assertThat(scene.seen(cookie, "notice")).isEqualTo("saved");
    }

    @Test
    void itIsStoredAsRemixDoes() {
        assertThat(scene.record(scene.storage.getSession(cookie)).toJson())
                .isEqualTo("{\"__flash_notice__\":\"saved\"}");
    }

    @Test
    void itCanBeReadAsAType() {
        String typed = scene.stored(session -> session.flash("n", List.of(1, 2)));

        assertThat(scene.storage.getSession(typed).get("n", int[].class)).containsExactly(1, 2);
        assertThat(scene.storage.getSession(typed).get("n", new ParameterizedTypeReference<List<Long>>() {}))
                .containsExactly(1L, 2L);
    }

    @Test
    void aValueThatWasConsumedInItsOwnRequestIsNeverStored() {
        Session session = scene.storage.getSession();
        session.flash("notice", "now");

        assertThat(session.get("notice")).isEqualTo("now");
        assertThat(scene.storage.commitSession(session)).contains("Max-Age=0");
        assertThat(scene.repository.calls).isEmpty();
    }

    @Test
    void aNewerValueReplacesTheOlder() {
        scene.request(cookie, session -> session.flash("notice", "deleted"));

        assertThat(scene.seen(cookie, "notice")).isEqualTo("deleted");
    }

    @Test
    void anAttributeOfTheSameNameHidesIt() {
        scene.request(cookie, session -> session.set("notice", "attribute"));

        scene.request(cookie, session -> {
            assertThat(session.get("notice")).isEqualTo("attribute");
            assertThat(session.get("notice")).isEqualTo("attribute");
            assertThat(session.data()).containsEntry("notice", "attribute").hasSize(1);
        });
        assertThat(scene.record(scene.storage.getSession(cookie)).toJson()).contains("__flash_notice__");
    }

    @Test
    void unsetRemovesBoth() {
        scene.request(cookie, session -> session.set("notice", "attribute"));
        scene.request(cookie, session -> {
            session.unset("notice");
            assertThat(session.has("notice")).isFalse();
        });

        assertThat(scene.storage.getSession(cookie).has("notice")).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void ofTwoRequestsThatConsumeItOnlyOneCommits(SessionStorage.Conflicts conflicts) {
        SessionStorage storage = scene.storage(b -> b.conflicts(conflicts));
        Session first = storage.getSession(cookie);
        Session second = storage.getSession(cookie);
        assertThat(first.get("notice")).isEqualTo("saved");
        assertThat(second.get("notice")).isEqualTo("saved");
        storage.commitSession(first);

        assertThatExceptionOfType(SessionConflictException.class).isThrownBy(() -> storage.commitSession(second));
    }

    @Test
    void ofManyConcurrentConsumersOnlyOneCommits() throws Exception {
        AtomicInteger committed = new AtomicInteger();
        List<SessionStorage> nodes = List.of(scene.storage, scene.storage(b -> {}));
        Threads.run(8, thread -> {
            SessionStorage storage = nodes.get(thread % 2);
            Session session = storage.getSession(cookie);
            if (session.get("notice") != null) {
                try {
                    storage.commitSession(session);
                    committed.incrementAndGet();
                } catch (SessionConflictException lost) {
                    assertThat(lost).hasMessageContaining("Another request");
                }
            }
        });

        assertThat(committed).hasValue(1);
    }

    @Test
    void consumingConflictsWithNothingElse() {
        Session mine = scene.storage.getSession(cookie);
        assertThat(mine.get("notice")).isEqualTo("saved");
        scene.request(cookie, other -> {
            other.set("a", 1);
            other.flash("second", "x");
        });
        scene.storage.commitSession(mine);

        Session next = scene.storage.getSession(cookie);
        assertThat(next.has("notice")).isFalse();
        assertThat(next.get("second")).isEqualTo("x");
        assertThat(next.get("a")).isEqualTo(1);
    }
}
