package dev.sessionstorage.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.PrincipalSessionRepository;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.test.InterleavingContract;
import dev.sessionstorage.test.PrincipalSessionRepositoryContract;
import dev.sessionstorage.test.SessionDataRepositoryContract;
import java.io.IOException;
import java.time.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Everything works on a cluster as it does on one server, and a failover gives faults, never another's session. */
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
}
