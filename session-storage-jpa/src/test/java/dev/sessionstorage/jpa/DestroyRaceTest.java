package dev.sessionstorage.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.Session;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionGoneException;
import dev.sessionstorage.SessionStorage;
import java.time.Clock;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One node commits a session at the moment when another destroys it, many times over: the session never comes back. The system
 * property {@code races} sets the number of times.
 */
class DestroyRaceTest {

    private static final int RACES = Integer.getInteger("races", 2_000);

    @Test
    void inMemory() throws Exception {
        race("memory", new InMemorySessionDataRepository());
    }

    @Test
    void onH2() throws Exception {
        race("H2", TestDatabases.h2());
    }

    @Test
    void onPostgresql() throws Exception {
        race("PostgreSQL", TestDatabases.postgresql());
    }

    @Test
    @Tag("mariadb")
    void onMariadb() throws Exception {
        race("MariaDB", TestDatabases.mariadb());
    }

    private static void race(String name, DatabaseSettings settings) throws Exception {
        try (Persistence persistence = Persistence.on(settings)) {
            race(name, new JpaSessionDataRepository(persistence.factory, Clock.systemUTC()));
        }
    }

    private static void race(String name, SessionDataRepository repository) throws Exception {
        SessionStorage one = storage(repository);
        SessionStorage other = storage(repository);
        CyclicBarrier start = new CyclicBarrier(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        int commits = 0;
        int resurrections = 0;
        try {
            for (int i = 0; i < RACES; i++) {
                Session created = one.getSession();
                created.set("count", 0);
                String cookie = one.commitSession(created);
                Session changing = one.getSession(cookie);
                changing.set("count", 1);
                Session ending = other.getSession(cookie);
                Future<Boolean> committed = threads.submit(() -> {
                    start.await();
                    return commits(one, changing);
                });
                Future<String> destroyed = threads.submit(() -> {
                    start.await();
                    return other.destroySession(ending);
                });
                destroyed.get();
                commits += committed.get() ? 1 : 0;
                resurrections += one.getSession(cookie).isNew() ? 0 : 1;
            }
        } finally {
            threads.shutdownNow();
        }
        System.out.printf(
                "%s: %d destroy/commit races, %d commits came first, %d resurrections%n",
                name, RACES, commits, resurrections);
        assertThat(resurrections).isZero();
        assertThat(commits).isBetween(1, RACES - 1);
    }

    private static boolean commits(SessionStorage storage, Session session) {
        try {
            storage.commitSession(session);
            return true;
        } catch (SessionGoneException e) {
            return false;
        }
    }

    private static SessionStorage storage(SessionDataRepository repository) {
        return SessionStorage.builder()
                .cookie(SessionCookie.named("session").withSecrets("0123456789abcdef0123456789abcdef"))
                .repository(repository)
                .build();
    }
}
