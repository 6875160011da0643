package dev.sessionstorage.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.SessionUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Users who keep sending requests through a failover. Each gets their own session or an error, never another user's session.
 */
final class FailoverUsers {

    private static final int USERS = 60;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final SessionStorage storage;
    private final List<String> cookies = new ArrayList<>();

    FailoverUsers(RedisConnectionFactory factory) {
        storage = SessionStorage.builder()
                .cookie(SessionCookie.named("session").withSecrets("a secret for tests, and for nothing else"))
                .repository(new RedisSessionDataRepository(factory, "session:"))
                .build();
        for (int i = 0; i < USERS; i++) {
            Session session = storage.getSession();
            session.set("user", "user " + i);
            session.principal("user " + i);
            cookies.add(storage.commitSession(session));
        }
    }

    /** What happened until every user got a response again. */
    record Recovery(int faults, int rounds, long millis) {

        @Override
        public String toString() {
            return "%d faults in %d rounds of %d requests, recovered after %d ms"
                    .formatted(faults, rounds, USERS, millis);
        }
    }

    Recovery useUntilRecovered() {
        long start = System.nanoTime();
        int faults = 0;
        int rounds = 0;
        // A short time without errors may come before the failover is noticed.
        int quiet = 0;
        while (quiet < 3) {
            int now = faultsOfOneRound();
            faults += now;
            rounds++;
            quiet = now == 0 && faults > 0 ? quiet + 1 : 0;
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            assertThat(System.nanoTime() - start).as("time to recover").isLessThan(PATIENCE_NANOS);
        }
        return new Recovery(faults, rounds, (System.nanoTime() - start) / 1_000_000);
    }

    private int faultsOfOneRound() {
        int faults = 0;
        for (int i = 0; i < USERS; i++) {
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
