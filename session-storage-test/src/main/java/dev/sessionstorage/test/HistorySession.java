package dev.sessionstorage.test;

import dev.sessionstorage.test.HistoryChecker.Reporter;
import dev.sessionstorage.test.HistoryOperation.Kind;
import dev.sessionstorage.test.HistoryOperation.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks what one session held under all its ids. An operation's state is what it saw at one moment of an interval. It must
 * contain everything known before the interval began.
 */
final class HistorySession {

    /** The operations that found this session, and the one that created it. */
    private final List<HistoryOperation> operations;

    private final Set<HistoryOperation> members;
    /** Those operations that saw a state, in the order in which they began to look. */
    private final List<HistoryOperation> observers;
    /** The operation that writes each token, in the whole history. */
    private final Map<String, HistoryOperation> writers;

    private final Reporter reporter;
    /** The contents already reported as written by no valid operation. */
    private final Set<String> strange = new HashSet<>();

    HistorySession(List<HistoryOperation> operations, Map<String, HistoryOperation> writers, Reporter reporter) {
        this.operations = operations;
        this.members = new HashSet<>(operations);
        this.writers = writers;
        this.reporter = reporter;
        this.observers = operations.stream()
                .filter(operation -> operation.state != null)
                .sorted(Comparator.comparingLong(operation -> seen(operation).from()))
                .toList();
    }

    void check() {
        observers.forEach(this::checkEachState);
        checkOrder();
        checkNothingIsLost();
        new HistoryRegister(operations, observers, writers, reporter).check();
        new HistoryFlash(operations, observers, writers, reporter).check();
    }

    static HistoryState seen(HistoryOperation observer) {
        HistoryState state = observer.state;
        if (state == null) {
            throw new IllegalArgumentException("The operation saw no state");
        }
        return state;
    }

    private void checkEachState(HistoryOperation observer) {
        HistoryState state = seen(observer);
        Set<String> contents = state.contents();
        contents.forEach(content -> checkWriter(content, observer));
        if (contents.size() < state.list().size() + state.attributes().size()) {
            Set<String> once = new HashSet<>();
            state.list().stream()
                    .filter(token -> !once.add(token))
                    .forEach(token -> reporter.report("An append was applied twice", writers.get(token), observer));
        }
        for (HistoryOperation writer : operations) {
            if (writer.kind == Kind.APPEND_AND_SET
                    && contents.contains(writer.token) != contents.contains(writer.attribute())) {
                reporter.report("Half of a commit is visible", writer, observer);
            }
        }
        if (state.createdAt() != seen(observers.get(0)).createdAt()) {
            reporter.report("A session changed the time of its creation", observers.get(0), observer);
        }
    }

    /** Checks that an operation wrote this content to this session and was not refused. */
    private void checkWriter(String content, HistoryOperation observer) {
        HistoryOperation writer = writers.get(HistoryOperation.tokenOf(content));
        boolean refused = writer != null && writer.outcome == Outcome.FAILED;
        boolean foreign = writer == null || !members.contains(writer);
        if ((refused || foreign) && strange.add(content)) {
            String sentence = refused
                    ? "A write that had been refused is visible"
                    : "A session shows a write that was never made to it";
            reporter.report(sentence, writer, observer);
        }
    }

    /** Checks that all appends have one order: every list ever seen is a prefix of the longest one. */
    private void checkOrder() {
        List<HistoryOperation> byLength = new ArrayList<>(observers);
        byLength.sort(Comparator.comparingInt(observer -> seen(observer).list().size()));
        for (int i = 1; i < byLength.size(); i++) {
            List<String> shorter = seen(byLength.get(i - 1)).list();
            List<String> longer = seen(byLength.get(i)).list();
            if (!longer.subList(0, shorter.size()).equals(shorter)) {
                reporter.report(
                        "Two operations saw appends in different orders, or one lost what the other had seen",
                        byLength.get(i - 1),
                        byLength.get(i));
                return;
            }
        }
    }

    /** Checks that no write is lost. A write is known once it is acknowledged or seen; from then on every read must see it. */
    private void checkNothingIsLost() {
        Map<String, HistoryOperation> known = new LinkedHashMap<>();
        List<HistoryOperation> byEnd = new ArrayList<>(operations);
        byEnd.sort(Comparator.comparingLong(HistorySession::knownAt));
        int next = 0;
        for (HistoryOperation observer : observers) {
            for (;
                    next < byEnd.size()
                            && knownAt(byEnd.get(next)) < seen(observer).from();
                    next++) {
                learn(byEnd.get(next), known);
            }
            Set<String> contents = seen(observer).contents();
            for (String content : List.copyOf(known.keySet())) {
                if (!contents.contains(content)) {
                    reportLoss(content, known.remove(content), observer);
                }
            }
        }
    }

    private static void learn(HistoryOperation operation, Map<String, HistoryOperation> known) {
        if (operation.isOk() && operation.writes()) {
            operation.adds().forEach(content -> known.putIfAbsent(content, operation));
        }
        if (operation.state != null) {
            operation.state.contents().forEach(content -> known.putIfAbsent(content, operation));
        }
    }

    /**
     * Returns since when the operation's contents are known: for a read since it finished, for a write since its
     * acknowledgement.
     */
    private static long knownAt(HistoryOperation operation) {
        return operation.state == null ? operation.completed : operation.state.to();
    }

    private void reportLoss(String content, @Nullable HistoryOperation witness, HistoryOperation observer) {
        HistoryOperation writer = writers.get(HistoryOperation.tokenOf(content));
        boolean acknowledged = witness == writer;
        reporter.report(
                acknowledged ? "An acknowledged write is missing" : "A write that somebody had seen is missing later",
                writer,
                acknowledged ? null : witness,
                observer);
    }
}
