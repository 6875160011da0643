package dev.sessionstorage.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.sessionstorage.ExpiredSessionRepository;
import dev.sessionstorage.PrincipalSessionRepository;
import dev.sessionstorage.SessionDataRepository;
import java.time.Clock;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** The contract fails for repositories that break it. */
class PlantedFaultsTest {

    private static Function<Clock, ForwardingRepository> current = ForwardingRepository::new;

    static final class Faulty extends ExpiredSessionRepositoryContract {

        @Override
        protected ExpiredSessionRepository repository(Clock clock) {
            return current.apply(clock);
        }
    }

    static final class FaultyPrincipals extends PrincipalSessionRepositoryContract {

        @Override
        protected PrincipalSessionRepository repository(Clock clock) {
            return current.apply(clock);
        }
    }

    static final class FaultyMoves extends MovedIdContract {

        @Override
        protected SessionDataRepository repository(Clock clock) {
            return current.apply(clock);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Faulty.class, FaultyPrincipals.class})
    void aCorrectRepositoryPasses(Class<?> contract) {
        Events tests = run(contract, ForwardingRepository::new);

        assertThat(names(tests.failed())).isEmpty();
        assertThat(tests.succeeded().count()).isGreaterThan(15);
        assertThat(tests.skipped().count()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aFaultIsCaught(PlantedFault fault) {
        assertThat(names(run(Faulty.class, fault.repository).failed())).containsAll(fault.caughtBy);
    }

    @ParameterizedTest
    @EnumSource
    void aFaultInPrincipalsIsCaught(PlantedPrincipalFault fault) {
        assertThat(names(run(FaultyPrincipals.class, fault.repository).failed()))
                .containsAll(fault.caughtBy);
    }

    @Test
    void aCorrectRepositoryOfMovedIdsPasses() {
        assertThat(names(run(FaultyMoves.class, ForwardingRepository::new).failed()))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aFaultInMovedIdsIsCaught(PlantedMoveFault fault) {
        assertThat(names(run(FaultyMoves.class, fault.repository).failed())).containsAll(fault.caughtBy);
    }

    @Test
    void everyTestOfTheContractsCatchesAFault() {
        Set<String> useful = new TreeSet<>();
        for (PlantedFault fault : PlantedFault.values()) {
            useful.addAll(fault.caughtBy);
        }
        for (PlantedPrincipalFault fault : PlantedPrincipalFault.values()) {
            useful.addAll(fault.caughtBy);
        }

        for (PlantedMoveFault fault : PlantedMoveFault.values()) {
            useful.addAll(fault.caughtBy);
        }

        Set<String> all = names(run(Faulty.class, ForwardingRepository::new).succeeded());
        all.addAll(names(run(FaultyPrincipals.class, ForwardingRepository::new).succeeded()));
        all.addAll(names(run(FaultyMoves.class, ForwardingRepository::new).succeeded()));
        assertThat(useful).isEqualTo(all);
    }

    private static Events run(Class<?> contract, Function<Clock, ForwardingRepository> repository) {
        current = repository;
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(contract))
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
