package dev.sessionstorage.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.test.HistoryCheck;
import dev.sessionstorage.test.InterleavingContract;
import java.time.Clock;
import org.junit.jupiter.api.Test;

class MapSessionDataRepositoryRaceTest extends InterleavingContract {

    @Override
    protected SessionDataRepository repository(Clock clock) {
        return new MapSessionDataRepository(clock);
    }

    @Test
    void eightThreadsFindNothing() {
        SessionDataRepository repository = new MapSessionDataRepository(Clock.systemUTC());
        HistoryCheck.Report report = HistoryCheck.of(repository).run();
        assertThat(report.violations()).as(report::toString).isEmpty();
    }
}
