package dev.sessionstorage.autoconfigure;

import java.util.Objects;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;

/** Boot's failure report of an application that did not start. */
final class StartupReport {

    private StartupReport() {}

    static FailureAnalysis of(AssertableApplicationContext context) {
        Throwable failure = Objects.requireNonNull(context.getStartupFailure(), "the application started");
        return Objects.requireNonNull(
                new SessionStartupFailureAnalyzer().analyze(failure), () -> "no report for " + failure);
    }
}
