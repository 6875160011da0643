package dev.sessionstorage.redis;

import dev.sessionstorage.PrincipalSessionRepository;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.test.InterleavingContract;
import dev.sessionstorage.test.PrincipalSessionRepositoryContract;
import dev.sessionstorage.test.SessionDataRepositoryContract;
import java.time.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The near cache changes nothing for its own node: the contracts hold. */
class NearCacheContractTest {

    private static final int SIZE = 100;

    private static LettuceConnectionFactory factory;

    @BeforeAll
    static void connect() {
        factory = TestRedis.connect();
    }

    @AfterAll
    static void disconnect() {
        factory.destroy();
    }

    @Nested
    class Repository extends SessionDataRepositoryContract {

        @Override
        protected SessionDataRepository repository(Clock clock) {
            return new StandingClockRepository(factory, clock, SIZE);
        }
    }

    @Nested
    class Principals extends PrincipalSessionRepositoryContract {

        @Override
        protected PrincipalSessionRepository repository(Clock clock) {
            return new StandingClockRepository(factory, clock, SIZE);
        }
    }

    @Nested
    class Interleavings extends InterleavingContract {

        @Override
        protected SessionDataRepository repository(Clock clock) {
            return new StandingClockRepository(factory, clock, SIZE);
        }
    }
}
