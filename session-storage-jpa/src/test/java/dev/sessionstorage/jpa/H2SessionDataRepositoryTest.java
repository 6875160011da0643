package dev.sessionstorage.jpa;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class H2SessionDataRepositoryTest extends DatabaseContract {

    private static Persistence persistence;

    @BeforeAll
    static void connect() {
        persistence = Persistence.on(TestDatabases.h2());
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
