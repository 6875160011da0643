package dev.sessionstorage.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A master, its replica and a Sentinel: sessions go on where the replica takes over. */
class RedisSentinelTest {

    private static final String HOST = "127.0.0.1";

    @Test
    @Timeout(120)
    void sessionsGoOnAfterAFailover() throws IOException {
        try (RedisProcess master = RedisProcess.start();
                RedisProcess replica = RedisProcess.start("--replicaof", HOST, String.valueOf(master.port()));
                RedisProcess sentinel = RedisProcess.startSentinel(master.port())) {
            RedisWire.await(replica.port(), "INFO replication", "master_link_status:up"::equals);
            RedisWire.await(
                    sentinel.port(), "INFO sentinel", line -> line.contains("status=ok,") && line.contains("slaves=1"));
            LettuceConnectionFactory connections = connect(sentinel.port());
            FailoverUsers users = new FailoverUsers(connections);
            RedisWire.await(replica.port(), "INFO keyspace", line -> line.startsWith("db0:keys=120,"));

            master.kill();
            FailoverUsers.Recovery recovery = users.useUntilRecovered();

            System.out.println("A master with a Sentinel was killed: " + recovery);
            assertThat(recovery.faults()).isPositive();
            connections.destroy();
        }
    }

    @Test
    @Timeout(120)
    void theNearCacheFollowsAFailover() throws IOException {
        try (RedisProcess master = RedisProcess.start();
                RedisProcess replica = RedisProcess.start("--replicaof", HOST, String.valueOf(master.port()));
                RedisProcess sentinel = RedisProcess.startSentinel(master.port())) {
            RedisWire.await(replica.port(), "INFO replication", "master_link_status:up"::equals);
            RedisWire.await(
                    sentinel.port(), "INFO sentinel", line -> line.contains("status=ok,") && line.contains("slaves=1"));
            LettuceConnectionFactory one = connect(sentinel.port());
            LettuceConnectionFactory other = connect(sentinel.port());
            RedisSessionDataRepository first = new RedisSessionDataRepository(one, "near:", 100);
            RedisSessionDataRepository second = new RedisSessionDataRepository(other, "near:", 100);
            NearNodes.awaitOn(second);

            master.kill();
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

    private static LettuceConnectionFactory connect(int sentinelPort) {
        LettuceConnectionFactory factory = new LettuceConnectionFactory(
                new RedisSentinelConfiguration("sessions", Set.of(HOST + ":" + sentinelPort)),
                LettuceClientConfiguration.builder()
                        .commandTimeout(Duration.ofMillis(200))
                        .build());
        factory.afterPropertiesSet();
        factory.start();
        return factory;
    }
}
