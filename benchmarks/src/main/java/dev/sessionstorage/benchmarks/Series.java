package dev.sessionstorage.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** One contender's values in all rounds. */
record Series(String table, String row, String contender, String unit, List<Double> sorted) {

    /** Groups measurements into series, in the order of their first measurement. */
    static List<Series> of(List<Measurement> measurements) {
        Map<List<String>, List<Measurement>> groups = measurements.stream()
                .collect(Collectors.groupingBy(
                        m -> List.of(m.table(), m.row(), m.contender(), m.unit()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        return groups.entrySet().stream()
                .map(group -> new Series(
                        group.getKey().get(0),
                        group.getKey().get(1),
                        group.getKey().get(2),
                        group.getKey().get(3),
                        group.getValue().stream()
                                .map(Measurement::value)
                                .sorted()
                                .toList()))
                .toList();
    }

    double median() {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    boolean isOurs() {
        return contender.equals(Measurement.OURS);
    }

    /** Returns how many times better this series is. */
    double ratioTo(Series other) {
        return unit.equals(Measurement.PER_SECOND) ? median() / other.median() : other.median() / median();
    }

    /** Formats the median with the smallest and the largest value. */
    String text() {
        return "%s [%s; %s]".formatted(number(median()), number(sorted.get(0)), number(sorted.get(sorted.size() - 1)));
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
    }
}
