package dev.sessionstorage.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionEvent;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.test.HistoryCheck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Random histories with near caches. With one node they make no difference. With two, a node may briefly read what the other
 * has already changed, but writes stay as consistent as without a cache.
 */
@Timeout(120)
@Tag("slow")
class NearCacheHistoryTest {

    private static final int THREADS_OF_ONE = 4;

    /** Violations that mean only that a read was stale. */
    private static final List<String> OLD_READS = List.of(
            "An id answered after it had ended",
            "An acknowledged write is missing",
            "A write that somebody had seen is missing later",
            "The register went back in time",
            "A flash value is visible after its consumption",
            "A flash value is visible after another one has replaced it",
            "An acknowledged flash value is missing");

    private final String prefix = "history:" + UUID.randomUUID() + ":";
    private LettuceConnectionFactory firstFactory;
    private LettuceConnectionFactory secondFactory;
    private RedisSessionDataRepository first;
    private RedisSessionDataRepository second;

    @BeforeEach
    void startTwoNodes() {
        firstFactory = TestRedis.connect();
        secondFactory = TestRedis.connect();
        first = new RedisSessionDataRepository(firstFactory, prefix, 20);
        second = new RedisSessionDataRepository(secondFactory, prefix, 20);
        NearNodes.awaitOn(first);
        NearNodes.awaitOn(second);
    }

    @AfterEach
    void stop() {
        firstFactory.destroy();
        secondFactory.destroy();
    }

    @Test
    void oneNodeSeesNoDifference() {
        HistoryCheck.Report report = HistoryCheck.of(first).run();

        System.out.println(report);
        assertThat(report.violations()).as(report::toString).isEmpty();
        assertThat(report.count(SessionEvent.GONE)).isPositive();
        assertThat(report.count(SessionEvent.RETRIED)).isPositive();
    }

    @Test
    void twoNodesWriteSoundlyWhateverTheyRead(@TempDir Path shared) {
        HistoryCheck check = HistoryCheck.of(first).threads(THREADS_OF_ONE);
        CompletableFuture<Void> other = CompletableFuture.runAsync(() -> HistoryCheck.of(second)
                .seed(check.seed())
                .threads(THREADS_OF_ONE)
                .record(shared, THREADS_OF_ONE));
        check.record(shared, 0);
        other.join();

        HistoryCheck.Report report = check.check(shared);

        List<String> oldReads = report.violations().stream()
                .filter(violation -> OLD_READS.stream().anyMatch(violation::startsWith))
                .toList();
        System.out.println(report + System.lineSeparator() + oldReads.size() + " old reads");
        assertThat(report.violations()).as(report::toString).isSubsetOf(oldReads);
        assertThat(report.count(SessionEvent.RETRIED)).isPositive();
    }

    @Test
    void twoNodesLoseNoIncrement() throws Exception {
        List<SessionStorage> nodes = List.of(storage(first), storage(second));
        Session session = nodes.get(0).getSession();
        session.set("n", 0);
        String cookie = nodes.get(0).commitSession(session);
        int each = 250;

        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Callable<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(increments(nodes.get(i % 2), cookie, each));
        }
        for (Future<Integer> done : threads.invokeAll(clients)) {
            assertThat(done.get()).isEqualTo(each);
        }
        threads.shutdown();

        SessionStorage third = storage(new RedisSessionDataRepository(firstFactory, prefix));
        assertThat(third.getSession(cookie).get("n")).isEqualTo(4 * each);
    }

    private static Callable<Integer> increments(SessionStorage node, String cookie, int times) {
        return () -> {
            for (int i = 0; i < times; i++) {
                Session session = node.getSession(cookie);
                session.update("n", Integer.class, n -> n == null ? 1 : n + 1);
                node.commitSession(session);
            }
            return times;
        };
    }

    private static SessionStorage storage(RedisSessionDataRepository repository) {
        return SessionStorage.builder()
                .cookie(SessionCookie.named("session").withSecrets("a secret for tests, and for nothing else"))
                .repository(repository)
                .build();
    }
}
