package dev.sessionstorage.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Boot's failure report for a {@link SessionStartupException}. */
final class SessionStartupFailureAnalyzer extends AbstractFailureAnalyzer<SessionStartupException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SessionStartupException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
    }
}
