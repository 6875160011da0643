package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;

/** Values that the application mutates in place. */
class MutationTest {

    private static final ParameterizedTypeReference<List<Item>> ITEMS = new ParameterizedTypeReference<>() {};

    private final Scene scene = new Scene();
    private final String cookie = scene.stored(session -> {
        session.set("list", List.of("a"));
        session.set("map", Map.of("k", List.of(1)));
        session.set("item", new Item("pen", 1));
        session.set("items", List.of(new Item("pen", 1)));
        session.set("wide", Map.of("name", "pen", "price", 3));
    });

    static final class Item {
        public String name = "";
        public int count;

        Item() {}

        Item(String name, int count) {
            this.name = name;
            this.count = count;
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    static final class Narrow {
        public String name = "";
        public String note = "added by reading";
    }

    @Test
    void aListThatWasGotAndMutatedIsWritten() {
        scene.request(cookie, session -> list(session, "list").add("b"));

        assertThat(scene.seen(cookie, "list")).isEqualTo(List.of("a", "b"));
    }

    @Test
    @SuppressWarnings("unchecked")
    void aMutationDeepInAMapIsWritten() {
        scene.request(cookie, session -> {
            Map<String, List<Integer>> map = (Map<String, List<Integer>>) Objects.requireNonNull(session.get("map"));
            Objects.requireNonNull(map.get("k")).add(2);
        });

        assertThat(scene.seen(cookie, "map")).isEqualTo(Map.of("k", List.of(1, 2)));
    }

    @Test
    void aMutatedObjectIsWritten() {
        scene.request(cookie, session -> {
            item(session).count = 5;
            Objects.requireNonNull(session.get("items", ITEMS)).add(new Item("ink", 2));
        });

        Session next = scene.storage.getSession(cookie);
        assertThat(item(next).count).isEqualTo(5);
        assertThat(next.get("items", ITEMS)).extracting(item -> item.name).containsExactly("pen", "ink");
    }

    @Test
    void askingAgainGivesTheSameObject() {
        Session session = scene.storage.getSession(cookie);

        assertThat(session.get("item", Item.class)).isSameAs(session.get("item", Item.class));
        assertThat(session.get("items", ITEMS)).isSameAs(session.get("items", ITEMS));
        assertThat(session.get("list")).isSameAs(session.get("list"));
    }

    @Test
    void askingForAnotherTypeSeesTheMutation() {
        Session session = scene.storage.getSession(cookie);
        item(session).count = 7;

        assertThat(session.get("item")).isEqualTo(Map.of("name", "pen", "count", 7));
        assertThat(session.data()).containsEntry("item", Map.of("name", "pen", "count", 7));
    }

    @Test
    void anObjectThatWasSetAndThenMutatedIsWritten() {
        String created = scene.stored(session -> {
            List<String> list = new ArrayList<>();
            session.set("list", list);
            list.add("late");
        });
        scene.request(cookie, session -> {
            Item item = new Item("cup", 1);
            session.set("item", item);
            item.count = 2;
            assertThat(item(session)).isSameAs(item);
        });

        assertThat(scene.seen(created, "list")).isEqualTo(List.of("late"));
        assertThat(item(scene.storage.getSession(cookie)).count).isEqualTo(2);
    }

    @Test
    void aMutationAfterACommitIsWrittenByTheNext() {
        Session session = scene.storage.getSession(cookie);
        Item item = item(session);
        item.count = 2;
        scene.storage.commitSession(session);
        item.count = 3;
        scene.storage.commitSession(session);
        scene.storage.commitSession(session);

        assertThat(scene.repository.calls).containsExactly("read", "update", "update");
        assertThat(item(scene.storage.getSession(cookie)).count).isEqualTo(3);
    }

    @Test
    void anEqualMapThatWasSetAndThenMutatedIsWritten() {
        String two = scene.stored(session -> session.set("m", ordered("a", "b")));
        Map<String, Integer> other = ordered("b", "a");

        scene.request(two, session -> session.set("m", other));
        assertThat(scene.repository.calls).containsExactly("read");

        scene.request(two, session -> {
            session.set("m", other);
            other.put("c", 1);
        });
        assertThat(scene.seen(two, "m")).isEqualTo(Map.of("a", 1, "b", 1, "c", 1));
    }

    @Test
    void lookingThroughATypeThatDropsAndAddsPropertiesWritesNothing() {
        scene.request(cookie, session -> {
            Narrow narrow = Objects.requireNonNull(session.get("wide", Narrow.class));
            assertThat(narrow.name).isEqualTo("pen");
        });

        assertThat(scene.repository.calls).containsExactly("read");
        assertThat(scene.seen(cookie, "wide")).isEqualTo(Map.of("name", "pen", "price", 3));
    }

    @Test
    void anUnsetObjectStaysAwayHoweverItIsMutated() {
        scene.request(cookie, session -> {
            Item item = item(session);
            session.unset("item");
            item.count = 9;
        });

        assertThat(scene.storage.getSession(cookie).has("item")).isFalse();
    }

    @Test
    void aMutationIsAReadAndAWriteSoItConflicts() {
        Session session = scene.storage.getSession(cookie);
        list(session, "list").add("mine");
        scene.request(cookie, other -> list(other, "list").add("theirs"));

        assertThatExceptionOfType(SessionConflictException.class)
                .isThrownBy(() -> scene.storage.commitSession(session));
        assertThat(scene.seen(cookie, "list")).isEqualTo(List.of("a", "theirs"));
    }

    @Test
    void updateWorksOnWhatWasMutatedBefore() {
        scene.request(cookie, session -> {
            item(session).count = 10;
            session.update("item", Item.class, item -> {
                Item present = Objects.requireNonNull(item);
                return new Item(present.name, present.count + 1);
            });
        });

        assertThat(item(scene.storage.getSession(cookie)).count).isEqualTo(11);
    }

    @Test
    void theSnapshotIsNotTheSession() {
        scene.request(
                cookie,
                session -> ((List<?>) Objects.requireNonNull(session.data().get("list"))).clear());

        assertThat(scene.seen(cookie, "list")).isEqualTo(List.of("a"));
        assertThat(scene.repository.calls).doesNotContain("update");
    }

    private static Map<String, Integer> ordered(String first, String second) {
        Map<String, Integer> map = new LinkedHashMap<>();
        map.put(first, 1);
        map.put(second, 1);
        return map;
    }

    private static Item item(Session session) {
        return Objects.requireNonNull(session.get("item", Item.class));
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Session session, String name) {
        return (List<Object>) Objects.requireNonNull(session.get(name));
    }
}
