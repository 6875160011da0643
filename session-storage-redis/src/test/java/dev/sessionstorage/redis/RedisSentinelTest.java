package dev.sessionstorage.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ReadFrom;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration.LettuceClientConfigurationBuilder;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A master, its replica and a Sentinel: sessions continue after the replica takes over. */
class RedisSentinelTest {

    @Test
    @Timeout(120)
    void sessionsGoOnAfterAFailover() throws IOException {
        try (RedisSentinel sentinel = new RedisSentinel()) {
            LettuceConnectionFactory connections = connect(sentinel.address());
            FailoverUsers users = new FailoverUsers(connections);
            sentinel.awaitReplica();

            sentinel.killMaster();
            FailoverUsers.Recovery recovery = users.useUntilRecovered();

            System.out.println("A master with a Sentinel was killed: " + recovery);
            assertThat(recovery.faults()).isPositive();
            connections.destroy();
        }
    }

    @Test
    @Timeout(120)
    void theNearCacheFollowsAFailover() throws IOException {
        try (RedisSentinel sentinel = new RedisSentinel()) {
            LettuceConnectionFactory one = connect(sentinel.address());
            LettuceConnectionFactory other = connect(sentinel.address());
            RedisSessionDataRepository first = new RedisSessionDataRepository(one, "near:", 100);
            RedisSessionDataRepository second = new RedisSessionDataRepository(other, "near:", 100);
            NearNodes.awaitOn(second);

            sentinel.killMaster();
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
    @Timeout(60)
    void sessionsAreReadFromTheMasterWhereTheApplicationReadsFromReplicas() throws IOException {
        try (RedisSentinel sentinel = new RedisSentinel()) {
            LettuceConnectionFactory fromReplicas =
                    TestRedis.awaitReads(() -> connect(sentinel.address(), client().readFrom(ReadFrom.REPLICA)));
            RedisSessionDataRepository repository = new RedisSessionDataRepository(fromReplicas, "session:");
            List<String> before = RedisWire.readsSentTo(sentinel.replicaPort());

            assertThat(repository.readData(NearNodes.create(repository))).isNotNull();

            assertThat(before).isNotEmpty();
            assertThat(RedisWire.readsSentTo(sentinel.replicaPort())).isEqualTo(before);
            fromReplicas.destroy();
        }
    }

    private static LettuceConnectionFactory connect(String sentinel) {
        return connect(sentinel, client());
    }

    private static LettuceClientConfigurationBuilder client() {
        return LettuceClientConfiguration.builder().commandTimeout(Duration.ofMillis(200));
    }

    private static LettuceConnectionFactory connect(String sentinel, LettuceClientConfigurationBuilder client) {
        LettuceConnectionFactory factory = new LettuceConnectionFactory(
                new RedisSentinelConfiguration(RedisSentinel.MASTER, Set.of(sentinel)), client.build());
        factory.afterPropertiesSet();
        factory.start();
        return factory;
    }
}
