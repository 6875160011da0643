package dev.sessionstorage.test;

import dev.sessionstorage.ExpiredSessionRepository;
import dev.sessionstorage.InMemorySessionDataRepository;
import java.time.Clock;

class InMemorySessionDataRepositoryTest extends ExpiredSessionRepositoryContract {

    @Override
    protected ExpiredSessionRepository repository(Clock clock) {
        return new InMemorySessionDataRepository(clock, 10_000);
    }
}
