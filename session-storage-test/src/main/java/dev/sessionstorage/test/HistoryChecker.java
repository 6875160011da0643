package dev.sessionstorage.test;

import dev.sessionstorage.test.HistoryOperation.Kind;
import dev.sessionstorage.test.HistoryOperation.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the violations in a history. The rules about ids are here: an id that has ended never answers, and an id ends only if
 * an operation ended it. {@link HistorySession} checks what each session holds, across its rotations.
 */
final class HistoryChecker {

    private final List<HistoryOperation> history;
    private final long start;
    private final List<String> violations = new ArrayList<>();

    private HistoryChecker(List<HistoryOperation> history) {
        this.history = history;
        this.start =
                history.stream().mapToLong(operation -> operation.invoked).min().orElse(0);
    }

    /** Returns the violations as sentences; empty if there are none. */
    static List<String> violations(List<HistoryOperation> history) {
        return new HistoryChecker(history).check();
    }

    private List<String> check() {
        Map<String, HistoryOperation> writers = new HashMap<>();
        Map<String, List<HistoryOperation>> byId = new LinkedHashMap<>();
        Map<String, String> origins = new HashMap<>();
        for (HistoryOperation operation : history) {
            writers.put(operation.token, operation);
            if (operation.id != null) {
                byId.computeIfAbsent(operation.id, id -> new ArrayList<>()).add(operation);
            }
            String newId = operation.newId();
            if (newId != null && operation.id != null) {
                origins.put(newId, operation.id);
            }
            if (operation.surprise != null) {
                report("An operation threw " + operation.surprise, operation);
            }
        }
        byId.values().forEach(this::checkId);

        Map<String, List<HistoryOperation>> sessions = new LinkedHashMap<>();
        for (HistoryOperation operation : history) {
            String id = operation.id != null ? operation.id : operation.newId();
            if (id != null && (operation.found || operation.kind == Kind.CREATE)) {
                sessions.computeIfAbsent(origin(id, origins), root -> new ArrayList<>())
                        .add(operation);
            }
        }
        sessions.values().forEach(operations -> new HistorySession(operations, writers, this::report).check());
        return violations;
    }

    /** Returns the id under which a session was created. */
    private static String origin(String id, Map<String, String> origins) {
        String oldest = id;
        for (String older = origins.get(id); older != null; older = origins.get(older)) {
            oldest = older;
        }
        return oldest;
    }

    private void checkId(List<HistoryOperation> operations) {
        List<HistoryOperation> exclusive = operations.stream()
                .filter(HistoryOperation::isExclusiveEnd)
                .filter(HistoryOperation::isOk)
                .toList();
        if (exclusive.size() > 1) {
            report("An id was ended twice, by operations of which only one can succeed", exclusive);
        }
        HistoryOperation end = operations.stream()
                .filter(operation -> operation.gone || (operation.ends() && operation.isOk()))
                .min(Comparator.comparingLong(operation -> operation.completed))
                .orElse(null);
        if (end != null) {
            operations.forEach(operation -> checkAfterEnd(operation, end));
        }
        HistoryOperation gone = operations.stream()
                .filter(operation -> operation.gone)
                .min(Comparator.comparingLong(operation -> operation.completed))
                .orElse(null);
        if (gone != null && operations.stream().noneMatch(operation -> mayHaveEndedBefore(operation, gone))) {
            report("An id was gone though nobody had ended it", gone);
        }
    }

    private void checkAfterEnd(HistoryOperation operation, HistoryOperation end) {
        if (operation.found && operation.invoked > end.completed) {
            report("An id answered after it had ended", end, operation);
        } else if (operation.writes() && operation.isOk() && operation.committing > end.completed) {
            report("A commit succeeded after its id had ended", end, operation);
        }
    }

    private static boolean mayHaveEndedBefore(HistoryOperation operation, HistoryOperation gone) {
        return operation.ends() && operation.outcome != Outcome.FAILED && operation.committing < gone.completed;
    }

    private void report(String sentence, List<HistoryOperation> operations) {
        report(sentence, operations.toArray(HistoryOperation[]::new));
    }

    private void report(String sentence, @Nullable HistoryOperation... operations) {
        StringBuilder text = new StringBuilder(sentence);
        String separator = ": ";
        for (HistoryOperation operation : operations) {
            if (operation != null) {
                text.append(separator).append(operation.describe(start));
                separator = "; ";
            }
        }
        violations.add(text.append('.').toString());
    }

    /** Receives a violation and the operations that prove it. */
    @FunctionalInterface
    interface Reporter {
        void report(String sentence, @Nullable HistoryOperation... operations);
    }
}
