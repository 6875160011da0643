package dev.sessionstorage.jpa;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

@Tag("mariadb")
class MariadbSessionDataRepositoryTest extends DatabaseContract {

    private static Persistence persistence;

    @BeforeAll
    static void connect() {
        persistence = Persistence.on(TestDatabases.mariadb());
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
