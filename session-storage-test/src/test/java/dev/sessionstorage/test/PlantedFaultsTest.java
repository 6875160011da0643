package dev.sessionstorage.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.sessionstorage.ExpiredSessionRepository;
import java.time.Clock;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** The contract is worth something only if it fails for repositories that break it. */
class PlantedFaultsTest {

    private static PlantedFault current = PlantedFault.NONE;

    static final class Faulty extends ExpiredSessionRepositoryContract {

        @Override
        protected ExpiredSessionRepository repository(Clock clock) {
            return current.repository.apply(clock);
        }
    }

    @Test
    void aCorrectRepositoryPasses() {
        Events tests = run(PlantedFault.NONE);

        assertThat(names(tests.failed())).isEmpty();
        assertThat(tests.succeeded().count()).isGreaterThan(40);
        assertThat(tests.skipped().count()).isZero();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void aFaultIsCaught(PlantedFault fault) {
        assertThat(names(run(fault).failed())).containsAll(fault.caughtBy);
    }

    @Test
    void everyTestOfTheContractCatchesAFault() {
        Set<String> useful = new TreeSet<>();
        for (PlantedFault fault : PlantedFault.values()) {
            useful.addAll(fault.caughtBy);
        }

        assertThat(useful).isEqualTo(names(run(PlantedFault.NONE).succeeded()));
    }

    private static Events run(PlantedFault fault) {
        current = fault;
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(Faulty.class))
                .execute()
                .testEvents();
    }

    private static Set<String> names(Events events) {
        return events.stream().map(PlantedFaultsTest::name).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String name(Event event) {
        return ((MethodSource) event.getTestDescriptor().getSource().orElseThrow()).getMethodName();
    }
}
