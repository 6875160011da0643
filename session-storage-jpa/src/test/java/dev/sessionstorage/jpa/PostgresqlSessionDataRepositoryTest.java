package dev.sessionstorage.jpa;

import dev.sessionstorage.ExpiredSessionRepository;
import dev.sessionstorage.test.ExpiredSessionRepositoryContract;
import java.time.Clock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresqlSessionDataRepositoryTest extends ExpiredSessionRepositoryContract {

    private static Persistence persistence;

    @BeforeAll
    static void connect() {
        persistence = Persistence.on(TestDatabases.postgresql());
    }

    @AfterAll
    static void disconnect() {
        persistence.close();
    }

    @Override
    protected ExpiredSessionRepository repository(Clock clock) {
        return new JpaSessionDataRepository(persistence.factory, clock);
    }
}
