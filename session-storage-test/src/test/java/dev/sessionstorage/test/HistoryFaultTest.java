package dev.sessionstorage.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The history check finds planted faults. */
class HistoryFaultTest {

    private static final int MAX_RUNS = 20;
    private static final Duration AT_MOST = Duration.ofSeconds(20);

    /** A fault may cause several violations, and a run stops at the first one. Further runs may show the others. */
    @ParameterizedTest
    @EnumSource
    void aFaultIsFound(HistoryFault fault) {
        List<String> violations = new ArrayList<>();
        for (int run = 0; run < MAX_RUNS && !isNamed(fault, violations); run++) {
            HistoryCheck.Report report = HistoryCheck.of(fault.repository.get())
                    .settings(fault.settings)
                    .duration(AT_MOST)
                    .roundsOf(3_000)
                    .run();

            assertThat(report.violations()).as(report::toString).isNotEmpty();
            violations.addAll(report.violations());
        }

        assertThat(violations).anyMatch(sentence -> sentence.contains(fault.sentence));
    }

    private static boolean isNamed(HistoryFault fault, List<String> violations) {
        return violations.stream().anyMatch(sentence -> sentence.contains(fault.sentence));
    }
}
