package dev.sessionstorage.test;

import static dev.sessionstorage.test.HistorySession.seen;

import dev.sessionstorage.test.HistoryChecker.Reporter;
import dev.sessionstorage.test.HistoryOperation.Kind;
import dev.sessionstorage.test.HistoryOperation.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks a session's register. Each write names the one that it has read and replaced, so all successful writes must form one
 * chain. A write's place in the chain tells its age.
 */
final class HistoryRegister {

    private final List<HistoryOperation> operations;
    private final List<HistoryOperation> observers;
    private final Map<String, HistoryOperation> writers;
    private final Reporter reporter;

    HistoryRegister(
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
        checkRefused();
        if (checkForks()) {
            checkOrder();
        }
    }

    private void checkRefused() {
        for (HistoryOperation observer : observers) {
            HistoryOperation writer = writer(seen(observer).register());
            if (writer != null && writer.outcome == Outcome.FAILED) {
                reporter.report("A set-after-read that had been refused is visible", writer, observer);
            }
        }
    }

    /** Checks that no value was replaced twice. */
    private boolean checkForks() {
        Map<@Nullable String, HistoryOperation> replacedBy = new HashMap<>();
        Set<String> visible = visible();
        boolean sound = true;
        for (HistoryOperation write : operations) {
            if (write.kind == Kind.SET_AFTER_READ && (write.isOk() || visible.contains(write.token))) {
                HistoryOperation other = replacedBy.put(write.previous, write);
                if (other != null) {
                    reporter.report(
                            "Two writes replaced the same value after reading it: the chain forks", other, write);
                    sound = false;
                }
            }
        }
        return sound;
    }

    /** Returns the tokens that some operation read: their writes must have taken effect, whatever the logged outcome. */
    private Set<String> visible() {
        Set<String> visible = new HashSet<>();
        observers.forEach(observer -> add(seen(observer).register(), visible));
        operations.forEach(operation -> add(operation.previous, visible));
        return visible;
    }

    private static void add(@Nullable String token, Set<String> tokens) {
        if (token != null) {
            tokens.add(token);
        }
    }

    /** Checks that no observer sees an older value than one that was known before it looked. */
    private void checkOrder() {
        List<HistoryOperation> byEnd = new ArrayList<>(observers);
        byEnd.sort(Comparator.comparingLong(observer -> seen(observer).to()));
        HistoryOperation newest = null;
        int place = 0;
        int next = 0;
        for (HistoryOperation observer : observers) {
            for (;
                    next < byEnd.size()
                            && seen(byEnd.get(next)).to() < seen(observer).from();
                    next++) {
                int reached = place(seen(byEnd.get(next)).register());
                if (reached > place) {
                    place = reached;
                    newest = byEnd.get(next);
                }
            }
            if (place(seen(observer).register()) < place) {
                reporter.report("The register went back in time", newest, observer);
                return;
            }
        }
    }

    /** Returns how many writes led to a value; 0 for an empty register. */
    private int place(@Nullable String token) {
        int place = 0;
        Set<String> passed = new HashSet<>();
        for (HistoryOperation write = writer(token);
                write != null && passed.add(write.token);
                write = writer(write.previous)) {
            place++;
        }
        return place;
    }

    private @Nullable HistoryOperation writer(@Nullable String token) {
        return token == null ? null : writers.get(token);
    }
}
