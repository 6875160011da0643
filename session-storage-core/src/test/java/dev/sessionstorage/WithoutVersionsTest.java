package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** A repository that stores the data but no version, as the shortest four lambdas do. */
class WithoutVersionsTest {

    private final Map<String, SessionData> records = new ConcurrentHashMap<>();
    private final TestClock clock = new TestClock();
    private final SessionStorage storage = builder().build();

    private SessionStorage.Builder builder() {
        return SessionStorage.builder()
                .cookie(Scene.COOKIE)
                .clock(clock)
                .createData((data, expires) -> {
                    String id = SessionId.create();
                    records.put(id, data);
                    return id;
                })
                .readData(records::get)
                .updateData(
                        (id, data, expires) -> records.computeIfPresent(id, (same, old) -> versionless(data)) != null)
                .deleteData(records::remove);
    }

    @Test
    void itWorksWithOneWarning() {
        try (CapturedLog log = new CapturedLog()) {
            builder().build();
            String cookie = create();
            for (int i = 1; i <= 3; i++) {
                increment(cookie);
                assertThat(storage.getSession(cookie).get("n")).isEqualTo(i);
            }
            assertThat(log.warnings()).singleElement().asString().contains("does not store versions");
        }
    }

    @Test
    void callbacksThatStoreThemSaySo() {
        try (CapturedLog log = new CapturedLog()) {
            builder().storesVersions().build();
            assertThat(log.warnings()).isEmpty();
        }
    }

    /** Only {@code storesVersions} counts: the data of two versions may be equal by chance. */
    @Test
    void itIsNotGuessedFromTheData() {
        Scene scene = new Scene();
        String cookie = scene.stored(session -> session.set("n", 0));
        for (int i = 1; i <= 3; i++) {
            Session session = scene.storage.getSession(cookie);
            session.set("n", i % 2);
            scene.storage.commitSession(session);
        }
        assertThat(scene.repository.calls).containsExactly("read", "update", "read", "update", "read", "update");
    }

    @Test
    void aVersionThatWasRolledBackIsNotAMissingOne() {
        MapRepository repository = new MapRepository(clock);
        SessionStorage versioned = SessionStorage.builder()
                .cookie(Scene.COOKIE)
                .clock(clock)
                .repository(repository)
                .build();
        try (CapturedLog log = new CapturedLog()) {
            Session first = versioned.getSession();
            first.set("n", 0);
            String cookie = Scene.sent(versioned.commitSession(first));
            Session second = versioned.getSession(cookie);
            first.set("n", 1);
            versioned.commitSession(first);
            Map<String, SessionData> committed = Map.copyOf(repository.records);

            second.set("n", 1);
            versioned.commitSession(second);
            repository.records.putAll(committed);

            assertThat(versioned.getSession(cookie).get("n")).isEqualTo(1);
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void withinOneProcessNoIncrementIsLost() throws Exception {
        String cookie = create();
        increment(cookie);
        assertThat(storage.getSession(cookie).get("n")).isEqualTo(1);

        Threads.run(8, thread -> {
            for (int i = 0; i < 100; i++) {
                increment(cookie);
            }
        });

        assertThat(storage.getSession(cookie).get("n")).isEqualTo(801);
    }

    @Test
    void aConflictIsStillSeenAndDestroyedStaysDestroyed() {
        String cookie = create();
        increment(cookie);
        Session mine = storage.getSession(cookie);
        mine.get("n");
        mine.set("n", 10);
        increment(cookie);
        assertThatExceptionOfType(SessionConflictException.class).isThrownBy(() -> storage.commitSession(mine));

        storage.destroySession(storage.getSession(cookie));
        assertThatExceptionOfType(SessionGoneException.class).isThrownBy(() -> storage.commitSession(mine));
        assertThat(records).isEmpty();
    }

    private String create() {
        Session session = storage.getSession();
        session.set("n", 0);
        return Scene.sent(storage.commitSession(session));
    }

    private void increment(String cookie) {
        Session session = storage.getSession(cookie);
        session.update("n", Integer.class, n -> (n == null ? 0 : n) + 1);
        storage.commitSession(session);
    }

    private static SessionData versionless(SessionData data) {
        return SessionData.fromJson(data.toJson(), 0, data.createdAt(), data.principal(), data.expires());
    }
}
