package dev.sessionstorage.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.core.io.ClassPathResource;

/** Writes {@code performance.md} and its charts from the results of one run. */
final class Report {

    private final List<Series> all;
    private final Path directory;
    private final StringBuilder text = new StringBuilder();

    private Report(List<Measurement> measurements, Path directory) {
        this.all = Series.of(measurements);
        this.directory = directory;
    }

    static void write(List<Measurement> measurements, Settings settings) throws IOException {
        new Report(measurements, settings.report()).write(settings);
    }

    private void write(Settings settings) throws IOException {
        Files.createDirectories(directory.resolve("performance"));
        text.append("# Performance\n\n")
                .append("The report of `mvn -Pbenchmarks -pl benchmarks -am spring-boot:run")
                .append(settings.huge() ? " -Dhuge" : "")
                .append(settings.quick() ? " -Dquick` (a try: these numbers mean nothing)" : "`")
                .append(" on ")
                .append(Runtime.getRuntime().availableProcessors())
                .append(" processors and Java ")
                .append(Runtime.version().feature())
                .append(". Contenders took turns; a value is the median of ")
                .append(settings.rounds())
                .append(" rounds [least; largest]. A ratio above 1 is in our favour.\n\n");
        goals();
        Map<String, List<Series>> tables =
                all.stream().collect(Collectors.groupingBy(Series::table, LinkedHashMap::new, Collectors.toList()));
        for (Map.Entry<String, List<Series>> table : tables.entrySet()) {
            table(table.getKey(), table.getValue());
        }
        text.append(new ClassPathResource("remarks.md").getContentAsString(StandardCharsets.UTF_8));
        Files.writeString(directory.resolve("performance.md"), text);
    }

    private void goals() {
        text.append("## Goals\n\n| | | against | goal | measured | |\n|---|---|---|---|---|---|\n");
        for (Series ours : all) {
            for (Goal goal : Goal.all()) {
                if (ours.isOurs() && goal.concerns(ours.table(), ours.row())) {
                    goal(goal, ours);
                }
            }
        }
        scale();
        text.append('\n');
    }

    private void goal(Goal goal, Series ours) {
        if (goal.other().isEmpty()) {
            double worst = ours.row().equals(CleanupPart.BLOCKED)
                    ? ours.sorted().get(ours.sorted().size() - 1)
                    : ours.median();
            line(
                    ours,
                    "",
                    "≤ " + Series.number(goal.bound()) + " " + ours.unit(),
                    Series.number(worst) + " " + ours.unit(),
                    worst <= goal.bound());
            return;
        }
        all.stream()
                .filter(other -> other.table().equals(ours.table())
                        && other.row().equals(ours.row())
                        && other.contender().equals(goal.other()))
                .forEach(other -> {
                    double ratio = ours.ratioTo(other);
                    line(ours, goal.other(), "≥ " + ratio(goal.bound()), ratio(ratio), ratio >= goal.bound());
                });
    }

    /** Compares many sessions with few: the bound is a factor of 1.3. */
    private void scale() {
        for (Series many : all) {
            boolean latency =
                    many.table().equals(ScalePart.SCALE) && many.unit().equals(Measurement.PER_SECOND);
            if (latency && !many.contender().equals(ScalePart.FEW)) {
                all.stream()
                        .filter(few -> few.table().equals(many.table())
                                && few.row().equals(many.row())
                                && few.contender().equals(ScalePart.FEW))
                        .forEach(few -> {
                            double ratio = few.median() / many.median();
                            line(
                                    many,
                                    many.contender() + " to " + few.contender(),
                                    "≤ 1.30x",
                                    ratio(ratio),
                                    ratio <= 1.3);
                        });
            }
        }
    }

    private void line(Series series, String against, String goal, String measured, boolean met) {
        List<String> cells = List.of(series.table(), series.row(), against, goal, measured, met ? "met" : "**missed**");
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private void table(String name, List<Series> series) throws IOException {
        List<String> contenders =
                series.stream().map(Series::contender).distinct().toList();
        text.append("## ")
                .append(name)
                .append("\n\n| | ")
                .append(String.join(" | ", contenders))
                .append(" | unit |\n|---|");
        text.append("---|".repeat(contenders.size() + 1)).append('\n');
        for (String row : series.stream().map(Series::row).distinct().toList()) {
            List<String> cells = new ArrayList<>(List.of(row));
            String unit = "";
            for (String contender : contenders) {
                List<Series> cell = series.stream()
                        .filter(one -> one.row().equals(row) && one.contender().equals(contender))
                        .toList();
                cells.add(cell.isEmpty() ? "" : cell.get(0).text());
                unit = cell.isEmpty() ? unit : cell.get(0).unit();
            }
            cells.add(unit);
            text.append("| ").append(String.join(" | ", cells)).append(" |\n");
        }
        String file = "performance/" + name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".svg";
        Files.writeString(directory.resolve(file), BarChart.svg(name, series));
        text.append("\n![").append(name).append("](").append(file).append(")\n\n");
    }

    private static String ratio(double value) {
        return Series.number(value) + "x";
    }
}
