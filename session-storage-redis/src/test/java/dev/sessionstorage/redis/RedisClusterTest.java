package dev.sessionstorage.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.PrincipalSessionRepository;
import dev.sessionstorage.Session;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.SessionUnavailableException;
import dev.sessionstorage.test.InterleavingContract;
import dev.sessionstorage.test.PrincipalSessionRepositoryContract;
import dev.sessionstorage.test.SessionDataRepositoryContract;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
            SessionStorage storage = SessionStorage.builder()
                    .cookie(SessionCookie.named("session").withSecrets("a secret for tests, and for nothing else"))
                    .repository(new RedisSessionDataRepository(connections, "session:"))
                    .build();
            List<String> cookies = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                Session session = storage.getSession();
                session.set("user", "user " + i);
                session.principal("user " + i);
                cookies.add(storage.commitSession(session));
            }

            own.killAMaster();
            long killed = System.nanoTime();
            int faults = 0;
            int rounds = 0;
            int inThisRound = 1;
            while (inThisRound > 0) {
                inThisRound = faults(storage, cookies);
                faults += inThisRound;
                rounds++;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                assertThat(System.nanoTime() - killed).isLessThan(TimeUnit.SECONDS.toNanos(60));
            }
            System.out.printf(
                    "A master of the cluster was killed: %d faults in %d rounds of 60 requests, recovered after %d ms%n",
                    faults, rounds, (System.nanoTime() - killed) / 1_000_000);
            assertThat(faults).isPositive();
            connections.destroy();
        }
    }

    /** One request of each user: it finds the user's own session, or fails; a session that is lost would be new. */
    private static int faults(SessionStorage storage, List<String> cookies) {
        int faults = 0;
        for (int i = 0; i < cookies.size(); i++) {
            try {
                Session session = storage.getSession(cookies.get(i));
                assertThat(session.get("user")).isEqualTo("user " + i);
                assertThat(session.principal()).isEqualTo("user " + i);
                session.update("count", Integer.class, n -> n == null ? 1 : n + 1);
                storage.commitSession(session);
            } catch (SessionUnavailableException e) {
                faults++;
            }
        }
        return faults;
    }
}
