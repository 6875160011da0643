package dev.sessionstorage.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/** The measurements of one run, one JSON object a line. */
final class Results {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path file;

    /** Starts with an empty file. */
    Results(Path file) throws IOException {
        this.file = file;
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.deleteIfExists(file);
        Files.createFile(file);
    }

    void add(Measurement measurement) {
        System.out.printf(
                Locale.ROOT,
                "%-44s %-28s %-28s round %d %,14.1f %s%n",
                measurement.table(),
                measurement.row(),
                measurement.contender(),
                measurement.round(),
                measurement.value(),
                measurement.unit());
        try {
            Files.writeString(file, JSON.writeValueAsString(measurement) + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Measurement> read(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> JSON.readValue(line, Measurement.class))
                .toList();
    }
}
