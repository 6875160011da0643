package dev.sessionstorage.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The concurrency part of the contract, and the base class of the other parts. */
@Timeout(60)
abstract class ConcurrentRepositoryContract {

    static final Duration HOUR = Duration.ofHours(1);

    private static final int THREADS = 8;
    private static final int ROUNDS = 50;

    final MutableClock clock = new MutableClock();
    SessionDataRepository repository;
    private final Race race = new Race();

    protected abstract SessionDataRepository repository(Clock clock);

    @BeforeEach
    void askForTheRepository() {
        repository = repository(clock);
    }

    @AfterEach
    void endTheThreads() {
        race.close();
    }

    @Test
    void concurrentCreatesAllSucceedWithDifferentIds() throws Exception {
        List<Set<String>> ids = race.run(THREADS, () -> {
            Set<String> own = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                own.add(create(data("{\"i\":" + i + "}")));
            }
            return own;
        });

        assertThat(ids.stream().flatMap(Set::stream))
                .hasSize(THREADS * 20)
                .doesNotHaveDuplicates()
                .allSatisfy(id -> assertThat(repository.readData(id)).isNotNull());
    }

    @Test
    void concurrentUpdatesLoseNothingAndEachVersionIsWonOnce() throws Exception {
        String id = create(data("{\"n\":0}"));
        Set<Long> wonVersions = ConcurrentHashMap.newKeySet();
        AtomicInteger wins = new AtomicInteger();

        race.run(THREADS, () -> {
            for (int i = 0; i < 25; i++) {
                SessionData seen = read(id);
                int n = Integer.parseInt(seen.toJson().replaceAll("\\D", ""));
                String next = "{\"n\":" + (n + 1) + "}";
                if (repository.updateData(id, with(seen, next), seen.expires())) {
                    wins.incrementAndGet();
                    wonVersions.add(seen.version());
                }
            }
            return wins;
        });

        assertThat(wins.get()).isPositive();
        assertThat(wonVersions).hasSize(wins.get());
        assertThat(read(id).version()).isEqualTo(wins.get());
        assertThat(read(id).toJson()).isEqualTo("{\"n\":" + wins + "}");
    }

    @Test
    void ofConcurrentUpdatesOfOneVersionExactlyOneWins() throws Exception {
        String id = create(data("{}"));

        for (int version = 0; version < 20; version++) {
            SessionData seen = read(id);
            List<Boolean> won = race.run(THREADS, () -> repository.updateData(id, seen, seen.expires()));

            assertThat(won).containsOnlyOnce(true);
            assertThat(read(id).version()).isEqualTo(version + 1);
        }
    }

    @Test
    void ofConcurrentRotationsExactlyOneWins() throws Exception {
        for (int round = 0; round < 10; round++) {
            String oldId = create(data("{\"n\":1}"));
            SessionData seen = read(oldId);

            List<String> newIds = race.run(
                    THREADS,
                    () -> Objects.requireNonNullElse(repository.rotateData(oldId, seen, seen.expires()), "lost"));

            assertThat(newIds.stream().filter(id -> !id.equals("lost")))
                    .singleElement()
                    .satisfies(id -> assertThat(repository.readData(id)).isEqualTo(seen));
            assertThat(repository.readData(oldId)).isNull();
        }
    }

    @Test
    void ofAnUpdateAndARotationOfOneVersionExactlyOneWins() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String id = create(data("{}"));
            SessionData seen = read(id);

            List<Boolean> won = race.run(List.of(
                    () -> repository.updateData(id, seen, seen.expires()),
                    () -> repository.rotateData(id, seen, seen.expires()) != null));

            assertThat(won).containsOnlyOnce(true);
            assertThat(repository.readData(id) != null).isEqualTo(won.get(0));
        }
    }

    /** Either may run first. An extension may keep the version, so both may succeed. */
    @Test
    void anUpdateIsNotLostToAnExtensionAtTheSameMoment() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String id = create(data("{}"));
            SessionData seen = read(id);
            SessionData changed = with(seen, "{\"n\":1}");

            List<Boolean> won = race.run(List.of(
                    () -> repository.updateData(id, changed, seen.expires()),
                    () -> repository.extendData(id, seen, in(HOUR.multipliedBy(2)))));

            assertThat(won).contains(true);
            assertThat(read(id).toJson()).isEqualTo((won.get(0) ? changed : seen).toJson());
        }
    }

    @Test
    void aRecordThatIsDeletedDuringAnUpdateAndAnExtensionStaysGone() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String id = create(data("{}"));
            SessionData seen = read(id);

            race.run(List.<Callable<Boolean>>of(
                    () -> repository.updateData(id, with(seen, "{\"late\":true}"), seen.expires()),
                    () -> repository.extendData(id, seen, in(HOUR.multipliedBy(2))),
                    () -> {
                        repository.deleteData(id);
                        return true;
                    }));

            assertThat(repository.readData(id)).isNull();
        }
    }

    Instant in(Duration duration) {
        return clock.instant().plus(duration);
    }

    /** Creates the data of a new session that expires in an hour. */
    SessionData data(String json) {
        return SessionData.fromJson(json, 0, clock.instant(), "ada", in(HOUR));
    }

    static SessionData with(SessionData data, String json) {
        return SessionData.fromJson(json, data.version(), data.createdAt(), data.principal(), data.expires());
    }

    String create(SessionData data) {
        return repository.createData(data, data.expires());
    }

    /** Reads a record that must exist. */
    SessionData read(String id) {
        SessionData data = repository.readData(id);
        assertThat(data).as("the record").isNotNull();
        return Objects.requireNonNull(data);
    }
}
