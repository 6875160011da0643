package dev.sessionstorage.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The settings of a run, from the system properties that benchmarks/README.md explains. */
record Settings(List<String> parts, boolean quick, boolean huge, Path results, Path report) {

    static Settings fromSystem() {
        return new Settings(
                List.of(System.getProperty("benchmarks", "").split(",")),
                Boolean.getBoolean("quick"),
                Boolean.getBoolean("huge"),
                Path.of(System.getProperty("results", "target/results.jsonl")),
                Path.of(System.getProperty("report", "target/report")));
    }

    int rounds() {
        return quick ? 3 : 5;
    }

    /** The time that one contender runs in one round. */
    Duration turn() {
        return quick ? Duration.ofMillis(400) : Duration.ofSeconds(2);
    }

    /** The time that each contender runs before the first round. */
    Duration warmUp() {
        return quick ? Duration.ofMillis(1_500) : Duration.ofSeconds(4);
    }
}
