package dev.sessionstorage.redis;

import dev.sessionstorage.PrincipalSessionRepository;
import dev.sessionstorage.test.PrincipalSessionRepositoryContract;
import java.time.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

class RedisPrincipalsTest extends PrincipalSessionRepositoryContract {

    private static LettuceConnectionFactory factory;

    @BeforeAll
    static void connect() {
        factory = TestRedis.connect();
    }

    @AfterAll
    static void disconnect() {
        factory.destroy();
    }

    @Override
    protected PrincipalSessionRepository repository(Clock clock) {
        return new StandingClockRepository(factory, clock);
    }
}
