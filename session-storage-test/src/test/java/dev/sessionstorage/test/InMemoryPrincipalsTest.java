package dev.sessionstorage.test;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.PrincipalSessionRepository;
import java.time.Clock;

class InMemoryPrincipalsTest extends PrincipalSessionRepositoryContract {

    @Override
    protected PrincipalSessionRepository repository(Clock clock) {
        return new InMemorySessionDataRepository(clock, 1_000);
    }
}
