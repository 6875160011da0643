package dev.sessionstorage.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What a run does, from the system properties that benchmarks/README.md explains. */
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

    /** How long one contender runs in one round. */
    Duration turn() {
        return quick ? Duration.ofMillis(400) : Duration.ofSeconds(2);
    }

    /** How long each contender runs before the first round. */
    Duration warmUp() {
        return quick ? Duration.ofMillis(1_500) : Duration.ofSeconds(4);
    }
}
