package dev.sessionstorage.jpa;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresqlSessionDataRepositoryTest extends DatabaseContract {

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
    Persistence persistence() {
        return persistence;
    }
}
