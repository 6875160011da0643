package dev.sessionstorage.test;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.SessionDataRepository;
import java.time.Clock;

class InMemoryMovedIdsTest extends MovedIdContract {

    @Override
    protected SessionDataRepository repository(Clock clock) {
        return new InMemorySessionDataRepository(clock, 1_000);
    }
}
