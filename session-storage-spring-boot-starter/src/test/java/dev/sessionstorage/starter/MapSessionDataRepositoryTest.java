package dev.sessionstorage.starter;

import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.test.SessionDataRepositoryContract;
import java.time.Clock;

class MapSessionDataRepositoryTest extends SessionDataRepositoryContract {

    @Override
    protected SessionDataRepository repository(Clock clock) {
        return new MapSessionDataRepository(clock);
    }
}
