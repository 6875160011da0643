package dev.sessionstorage.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionEvent;
import dev.sessionstorage.test.HistoryCheck;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Random histories on a real Redis: nothing is lost and nothing comes back, on stable and on breaking connections. */
@Tag("slow")
class RedisHistoryTest {

    private static final int THREADS_OF_ONE = 4;

    @Test
    void nothingIsLost() {
        LettuceConnectionFactory factory = TestRedis.connect();

        assertSound(check(factory).run());
        factory.destroy();
    }

    @Test
    void nothingIsLostWhileConnectionsOfTwoNodesBreak() {
        LettuceConnectionFactory first = TestRedis.connect();
        LettuceConnectionFactory second = TestRedis.connect();
        CountDownLatch enough = new CountDownLatch(1);
        CompletableFuture<Integer> broken = CompletableFuture.supplyAsync(() -> breakConnections(enough));

        HistoryCheck.Report report =
                HistoryCheck.of(inTurns(repository(first), repository(second))).run();
        enough.countDown();

        System.out.println(broken.join() + " connections were broken");
        assertSound(report);
        assertThat(broken.join()).isPositive();
        first.destroy();
        second.destroy();
    }

    @Test
    void twoProcessesLoseNothing(@TempDir Path shared) throws Exception {
        LettuceConnectionFactory factory = TestRedis.connect();
        HistoryCheck check = check(factory).threads(THREADS_OF_ONE);
        try (JavaProcess other = JavaProcess.start(
                RedisHistoryTest.class,
                options(check.seed()),
                TestRedis.host(),
                String.valueOf(TestRedis.port()),
                shared.toString())) {
            other.awaitReady();
            other.send("go");
            check.record(shared, 0);
            assertThat(other.awaitEnd()).isZero();
        }

        assertSound(check.check(shared));
        factory.destroy();
    }

    /** The second process. Arguments: host, port, directory. */
    public static void main(String[] args) throws IOException {
        LettuceConnectionFactory factory = TestRedis.connect(args[0], Integer.parseInt(args[1]));
        System.out.println(JavaProcess.READY);
        if (System.in.read() != -1) {
            check(factory).threads(THREADS_OF_ONE).record(Path.of(args[2]), THREADS_OF_ONE);
        }
        factory.destroy();
    }

    private static List<String> options(long seed) {
        String seconds = System.getProperty("history.seconds");
        String sameSeed = "-Dhistory.seed=" + seed;
        return seconds == null ? List.of(sameSeed) : List.of(sameSeed, "-Dhistory.seconds=" + seconds);
    }

    private static HistoryCheck check(LettuceConnectionFactory factory) {
        return HistoryCheck.of(repository(factory));
    }

    private static RedisSessionDataRepository repository(LettuceConnectionFactory factory) {
        return new RedisSessionDataRepository(factory, "history:");
    }

    /** Distributes the calls over several repositories, so that one can write while another waits for its connection. */
    private static SessionDataRepository inTurns(RedisSessionDataRepository... repositories) {
        AtomicInteger calls = new AtomicInteger();
        return (SessionDataRepository) Proxy.newProxyInstance(
                RedisHistoryTest.class.getClassLoader(),
                new Class<?>[] {SessionDataRepository.class},
                (proxy, method, arguments) -> {
                    try {
                        return method.invoke(repositories[calls.getAndIncrement() % repositories.length], arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });
    }

    private static int breakConnections(CountDownLatch enough) {
        int count = 0;
        SplittableRandom random = new SplittableRandom();
        try (RedisWire wire = new RedisWire(TestRedis.host(), TestRedis.port())) {
            while (!enough.await(25, TimeUnit.MILLISECONDS)) {
                List<String> clients = wire.lines("CLIENT LIST TYPE normal").stream()
                        .filter(line -> !line.contains("cmd=client"))
                        .map(line -> line.substring("id=".length(), line.indexOf(' ')))
                        .toList();
                if (!clients.isEmpty()) {
                    wire.send("CLIENT KILL ID " + clients.get(random.nextInt(clients.size())));
                    count++;
                }
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return count;
    }

    private static void assertSound(HistoryCheck.Report report) {
        System.out.println(report);
        assertThat(report.violations()).as(report::toString).isEmpty();
        assertThat(report.count(SessionEvent.ROTATED)).isPositive();
        assertThat(report.count(SessionEvent.EXTENDED)).isPositive();
        assertThat(report.count(SessionEvent.RETRIED)).isPositive();
        assertThat(report.count(SessionEvent.CONFLICT)).isPositive();
        assertThat(report.count(SessionEvent.GONE)).isPositive();
    }
}
