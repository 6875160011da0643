package dev.sessionstorage.test;

import static dev.sessionstorage.test.HistorySession.seen;

import dev.sessionstorage.test.HistoryChecker.Reporter;
import dev.sessionstorage.test.HistoryOperation.Kind;
import dev.sessionstorage.test.HistoryOperation.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks a session's flash values. Each is consumed at most once, and stays until then unless another replaces it. */
final class HistoryFlash {

    private final List<HistoryOperation> operations;
    private final List<HistoryOperation> observers;
    private final Map<String, HistoryOperation> writers;
    private final Reporter reporter;

    /** The committed consumption of each token. */
    private final Map<String, HistoryOperation> consumptions = new HashMap<>();

    HistoryFlash(
            List<HistoryOperation> operations,
            List<HistoryOperation> observers,
            Map<String, HistoryOperation> writers,
            Reporter reporter) {
        this.operations = operations;
        this.observers = observers;
        this.writers = writers;
        this.reporter = reporter;
    }

    void check() {
        for (HistoryOperation operation : operations) {
            if (operation.consumed != null && operation.isOk()) {
                HistoryOperation other = consumptions.put(operation.consumed, operation);
                if (other != null) {
                    reporter.report("A flash value was consumed twice", other, operation);
                }
            }
        }
        for (HistoryOperation operation : operations) {
            if (operation.consumed != null) {
                checkVisible(operation.consumed, operation.invoked, operation);
            }
        }
        for (HistoryOperation observer : observers) {
            String flash = seen(observer).flash();
            if (flash != null) {
                checkVisible(flash, seen(observer).from(), observer);
            } else if (seen(observer).flashSeen()) {
                checkNothingWaits(observer);
            }
        }
    }

    /**
     * Checks a token that was seen after an instant: it had been written, and nothing known by then had consumed or replaced
     * it.
     */
    private void checkVisible(String token, long from, HistoryOperation reader) {
        HistoryOperation writer = writers.get(token);
        if (writer == null || writer.outcome == Outcome.FAILED) {
            reporter.report("A flash value that was never stored is visible", writer, reader);
            return;
        }
        HistoryOperation consumption = consumptions.get(token);
        if (consumption != null && consumption.completed < from) {
            reporter.report("A flash value is visible after its consumption", consumption, reader);
        }
        for (HistoryOperation later : operations) {
            if (later.kind == Kind.FLASH
                    && later.isOk()
                    && writer.isOk()
                    && later.committing > writer.completed
                    && later.completed < from) {
                reporter.report("A flash value is visible after another one has replaced it", writer, later, reader);
                return;
            }
        }
    }

    /** Checks that an acknowledged flash value is missing only if it may have been consumed or replaced. */
    private void checkNothingWaits(HistoryOperation observer) {
        for (HistoryOperation flash : operations) {
            if (flash.kind == Kind.FLASH
                    && flash.isOk()
                    && flash.completed < seen(observer).from()) {
                HistoryOperation explanation = explanation(flash, observer);
                if (explanation == null) {
                    reporter.report("An acknowledged flash value is missing", flash, observer);
                }
            }
        }
    }

    private @Nullable HistoryOperation explanation(HistoryOperation flash, HistoryOperation observer) {
        return operations.stream()
                .filter(operation -> operation != flash
                        && operation.writesFlash()
                        && operation.outcome != Outcome.FAILED
                        && operation.completed > flash.committing
                        && operation.committing < seen(observer).to())
                .findFirst()
                .orElse(null);
    }
}
