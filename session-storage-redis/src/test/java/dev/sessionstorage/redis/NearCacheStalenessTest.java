package dev.sessionstorage.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.SessionId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * How long a session that one node has destroyed can still be read on another: measured while Redis sends notifications, and
 * bounded while it cannot. The server belongs to this test alone; the second node is behind a connection that can be cut.
 */
@Timeout(120)
class NearCacheStalenessTest {

    private static final int ROUNDS = 2_000;

    private final String prefix = "session:" + UUID.randomUUID() + ":";
    private RedisProcess server;
    private TrackingProxy wire;
    private LettuceConnectionFactory direct;
    private LettuceConnectionFactory wired;
    private RedisSessionDataRepository first;
    private RedisSessionDataRepository second;

    @BeforeEach
    void startTwoNodes() throws IOException {
        server = RedisProcess.start();
        wire = new TrackingProxy(server.port());
        direct = TestRedis.connect("127.0.0.1", server.port());
        wired = TestRedis.connect("127.0.0.1", wire.port());
        first = new RedisSessionDataRepository(direct, prefix, 100);
        second = new RedisSessionDataRepository(wired, prefix, 100);
        NearNodes.awaitOn(first);
        NearNodes.awaitOn(second);
    }

    @AfterEach
    void stop() throws IOException {
        direct.destroy();
        wired.destroy();
        wire.close();
        server.close();
    }

    @Test
    void aDestroyedSessionIsGoneOnOtherNodesAlmostAtOnce() {
        RedisSessionDataRepository other = new RedisSessionDataRepository(direct, prefix, 100);
        NearNodes.awaitOn(other);

        long[] nanos = NearNodes.stalenessOfDestroys(first, other, ROUNDS);

        assertThat(nanos[ROUNDS / 2]).isLessThan(NearCache.MAX_AGE_NANOS / 10);
        assertThat(nanos[ROUNDS - 1]).isLessThan(NearCache.MAX_AGE_NANOS);
    }

    @Test
    void aSessionIsGoneAfterASecondEvenIfNothingIsTold() {
        wire.silence();

        long staleness = NearNodes.stalenessOfADestroy(first, second, NearNodes.create(first));

        System.out.printf(
                "With a connection that is silently gone: last read after %d us%n",
                TimeUnit.NANOSECONDS.toMicros(staleness));
        assertThat(staleness).isLessThan(NearCache.MAX_AGE_NANOS);
    }

    @Test
    void aConnectionThatIsSilentlyGoneIsReplaced() {
        wire.silence();

        NearNodes.await("the silence is noticed", () -> {
            second.readData(SessionId.create());
            return !second.near.isOn();
        });
        NearNodes.awaitOn(second);

        assertThat(NearNodes.stalenessOfADestroy(first, second, NearNodes.create(first)))
                .isLessThan(NearCache.MAX_AGE_NANOS);
    }

    @Test
    void nothingIsKeptWithoutAConnectionOnWhichRedisTells() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ids.add(NearNodes.create(first));
            NearNodes.awaitHot(second, ids.get(i));
        }
        wire.refuse();
        NearNodes.awaitOff(second);

        for (String id : ids) {
            assertThat(second.readData(id)).isNotNull();
            assertThat(second.readData(id)).isNotSameAs(second.readData(id));
            first.deleteData(id);
            assertThat(second.readData(id)).isNull();
        }

        wire.acceptAgain();
        NearNodes.awaitOn(second);
        NearNodes.awaitHot(second, NearNodes.create(first));
    }

    @Test
    void aKilledConnectionIsReplacedByOne() throws IOException {
        for (int i = 0; i < 5; i++) {
            String id = NearNodes.create(first);
            NearNodes.awaitHot(second, id);
            kill(trackingClients());
            NearNodes.awaitOff(first);
            NearNodes.awaitOff(second);
            first.deleteData(id);
            assertThat(second.readData(id)).isNull();
            NearNodes.awaitOn(first);
            NearNodes.awaitOn(second);
        }

        assertThat(trackingClients()).hasSize(2);
        assertThat(NearNodes.stalenessOfADestroy(first, second, NearNodes.create(first)))
                .isLessThan(NearCache.MAX_AGE_NANOS);
    }

    @Test
    void aServerThatForgetsEverythingSaysSo() {
        String id = NearNodes.create(first);
        NearNodes.awaitHot(second, id);

        try (RedisConnection connection = direct.getConnection()) {
            connection.serverCommands().flushDb();
        }

        long flushed = System.nanoTime();
        NearNodes.await("the session is gone", () -> second.readData(id) == null);
        System.out.printf("After FLUSHDB: gone within %d us%n", (System.nanoTime() - flushed) / 1_000);
        assertThat(System.nanoTime() - flushed).isLessThan(NearCache.MAX_AGE_NANOS);
    }

    @Test
    void aServerThatDoesNotTellIsReadEachTime() throws IOException {
        try (RedisWire admin = new RedisWire("127.0.0.1", server.port())) {
            admin.send("ACL SETUSER default -client");
            wire.refuse();
            NearNodes.awaitOff(second);
            wire.acceptAgain();
            String id = NearNodes.create(first);

            for (int i = 0; i < 100; i++) {
                assertThat(second.readData(id)).isNotNull();
                assertThat(second.near.isOn()).isFalse();
            }
        }
    }

    @Test
    void anEmptyPrefixWorksToo() {
        RedisSessionDataRepository one = new RedisSessionDataRepository(direct, "", 100);
        RedisSessionDataRepository other = new RedisSessionDataRepository(direct, "", 100);

        assertThat(NearNodes.typicalStaleness(one, other)).isLessThan(Duration.ofNanos(NearCache.MAX_AGE_NANOS / 10));
    }

    private List<String> trackingClients() throws IOException {
        try (RedisWire admin = new RedisWire("127.0.0.1", server.port())) {
            return admin.lines("CLIENT LIST").stream()
                    .filter(line -> line.matches(".* flags=[a-zA-Z]*B[a-zA-Z]* .*"))
                    .map(line -> line.substring("id=".length(), line.indexOf(' ')))
                    .toList();
        }
    }

    private void kill(List<String> clients) throws IOException {
        try (RedisWire admin = new RedisWire("127.0.0.1", server.port())) {
            for (String client : clients) {
                assertThat(admin.send("CLIENT KILL ID " + client)).isEqualTo(":1");
            }
        }
    }
}
