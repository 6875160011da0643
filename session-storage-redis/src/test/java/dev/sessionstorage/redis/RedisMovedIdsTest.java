package dev.sessionstorage.redis;

import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.test.MovedIdContract;
import java.time.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

class RedisMovedIdsTest extends MovedIdContract {

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
    protected SessionDataRepository repository(Clock clock) {
        return new StandingClockRepository(factory, clock);
    }
}
