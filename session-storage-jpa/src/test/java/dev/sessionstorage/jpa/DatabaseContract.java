package dev.sessionstorage.jpa;

import dev.sessionstorage.test.ExpiredSessionRepositoryContract;
import dev.sessionstorage.test.InterleavingContract;
import dev.sessionstorage.test.MovedIdContract;
import dev.sessionstorage.test.PrincipalSessionRepositoryContract;
import java.time.Clock;
import org.junit.jupiter.api.Nested;

/** Runs the published contracts on one database. */
abstract class DatabaseContract {

    abstract Persistence persistence();

    @Nested
    class Records extends ExpiredSessionRepositoryContract {
        @Override
        protected JpaSessionDataRepository repository(Clock clock) {
            return new JpaSessionDataRepository(persistence().factory, clock);
        }
    }

    @Nested
    class Principals extends PrincipalSessionRepositoryContract {
        @Override
        protected JpaSessionDataRepository repository(Clock clock) {
            return new JpaSessionDataRepository(persistence().factory, clock);
        }
    }

    @Nested
    class MovedIds extends MovedIdContract {
        @Override
        protected JpaSessionDataRepository repository(Clock clock) {
            return new JpaSessionDataRepository(persistence().factory, clock);
        }
    }

    @Nested
    class Interleavings extends InterleavingContract {
        @Override
        protected JpaSessionDataRepository repository(Clock clock) {
            return new JpaSessionDataRepository(persistence().factory, clock);
        }
    }
}
