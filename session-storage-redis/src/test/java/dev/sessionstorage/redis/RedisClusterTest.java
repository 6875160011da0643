package dev.sessionstorage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.PrincipalSessionRepository;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionId;
import dev.sessionstorage.test.InterleavingContract;
import dev.sessionstorage.test.PrincipalSessionRepositoryContract;
import dev.sessionstorage.test.SessionDataRepositoryContract;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Everything works on a cluster as on one server. A failover causes errors, but never shows another user's session. */
class RedisClusterTest {

    private static RedisCluster cluster;
    private static LettuceConnectionFactory factory;

    @BeforeAll
    static void start() throws IOException {
        cluster = new RedisCluster();
        factory = cluster.connect();
    }

    @AfterAll
    static void stop() {
        factory.destroy();
        cluster.close();
    }

    @Nested
    class Repository extends SessionDataRepositoryContract {

        @Override
        protected SessionDataRepository repository(Clock clock) {
            return new StandingClockRepository(factory, clock);
        }
    }

    @Nested
    class Principals extends PrincipalSessionRepositoryContract {

        @Override
        protected PrincipalSessionRepository repository(Clock clock) {
            return new StandingClockRepository(factory, clock);
        }
    }

    @Nested
    class Interleavings extends InterleavingContract {

        @Override
        protected SessionDataRepository repository(Clock clock) {
            return new StandingClockRepository(factory, clock);
        }
    }

    @Nested
    class InterleavingsWithANearCache extends InterleavingContract {

        @Override
        protected SessionDataRepository repository(Clock clock) {
            return new StandingClockRepository(factory, clock, 100);
        }
    }

    @Test
    @Timeout(60)
    void eachMasterTellsOtherNodesWhatIsDestroyed() {
        LettuceConnectionFactory other = cluster.connect();

        assertThat(NearNodes.typicalStaleness(nearCached(factory), nearCached(other)))
                .isLessThan(Duration.ofNanos(NearCache.MAX_AGE_NANOS / 10));
        other.destroy();
    }

    @Test
    void aRedirectedWriteThatLosesHasLostForCertain() throws IOException {
        LettuceConnectionFactory redirected = cluster.connectOnce();
        RedisSessionDataRepository repository = new RedisSessionDataRepository(redirected, "moved:");
        SessionData data = data(null);
        String id = repository.createData(data, data.expires());
        assertThat(repository.updateData(id, data, data.expires())).isTrue();
        String key = "moved:" + SessionId.hash(id);

        cluster.beginMove(key);
        assertThatAStaleWriteLoses(repository, id, data);
        cluster.endMove(key);
        assertThatAStaleWriteLoses(repository, id, data);

        StringRedisTemplate redis = new StringRedisTemplate(factory);
        assertThat(redis.keys("moved:*"))
                .filteredOn(each -> isSession(redis, each))
                .containsExactly(key);
        assertThat(repository.updateData(id, data.withNextVersion(), data.expires()))
                .isTrue();
        repository.deleteData(id);
        assertThat(repository.updateData(id, data.withNextVersion(), data.expires()))
                .isFalse();
        assertThat(repository.readData(id)).isNull();
        redirected.destroy();
    }

    private static boolean isSession(StringRedisTemplate redis, String key) {
        return StoredSession.parse(String.valueOf(redis.opsForValue().get(key)).getBytes(UTF_8)) != null;
    }

    private static void assertThatAStaleWriteLoses(
            RedisSessionDataRepository repository, String id, SessionData stale) {
        assertThat(repository.updateData(id, stale, stale.expires())).isFalse();
        assertThat(repository.rotateData(id, stale, stale.expires())).isNull();
    }

    @Test
    void sessionsAreReadFromTheirMasterWhereTheApplicationReadsFromReplicas() throws IOException {
        LettuceConnectionFactory fromReplicas = TestRedis.awaitReads(cluster::connectToReplicas);
        List<String> before = readsSentToReplicas();
        RedisSessionDataRepository repository = new RedisSessionDataRepository(fromReplicas, "session:");
        SessionData data = data("robin");
        String id = repository.createData(data, data.expires());

        assertThat(repository.readData(id)).isNotNull();
        assertThat(repository.findByPrincipal("robin")).containsOnlyKeys(SessionId.hash(id));

        assertThat(before).isNotEmpty();
        assertThat(readsSentToReplicas()).isEqualTo(before);
        fromReplicas.destroy();
    }

    private List<String> readsSentToReplicas() throws IOException {
        List<String> reads = new ArrayList<>();
        for (int replica : cluster.replicas()) {
            reads.addAll(RedisWire.readsSentTo(replica));
        }
        return reads;
    }

    private static SessionData data(@Nullable String principal) {
        Instant now = Instant.now();
        return SessionData.fromJson("{\"a\":1}", 0, now, principal, now.plus(Duration.ofHours(1)));
    }

    @Test
    @Timeout(120)
    void theNearCacheFollowsAFailover() throws IOException {
        try (RedisCluster own = new RedisCluster()) {
            LettuceConnectionFactory one = own.connect();
            LettuceConnectionFactory other = own.connect();
            RedisSessionDataRepository first = nearCached(one);
            RedisSessionDataRepository second = nearCached(other);
            NearNodes.awaitOn(second);

            own.kill(0);
            NearNodes.awaitOff(second);
            NearNodes.awaitThatAllSlotsWork(first);
            NearNodes.awaitThatAllSlotsWork(second);
            NearNodes.awaitOn(second);

            assertThat(NearNodes.typicalStaleness(first, second))
                    .isLessThan(Duration.ofNanos(NearCache.MAX_AGE_NANOS / 10));
            one.destroy();
            other.destroy();
        }
    }

    @Test
    @Timeout(120)
    void aMasterThatDiesMeansFaultsForAWhileAndNobodyElsesSession() throws IOException {
        try (RedisCluster own = new RedisCluster()) {
            LettuceConnectionFactory connections = own.connect();
            FailoverUsers users = new FailoverUsers(connections);

            own.awaitReplicas();
            own.kill(0);
            FailoverUsers.Recovery recovery = users.useUntilRecovered();

            System.out.println("A master of the cluster was killed: " + recovery);
            assertThat(recovery.faults()).isPositive();
            connections.destroy();
        }
    }

    private static RedisSessionDataRepository nearCached(LettuceConnectionFactory connections) {
        return new RedisSessionDataRepository(connections, "near:", 100);
    }
}
