package dev.sessionstorage.benchmarks;

import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the parts that the system property {@code benchmarks} names, and writes the report. */
public final class Benchmarks {

    private Benchmarks() {}

    /**
     * Takes its settings from system properties: see benchmarks/README.md.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws Exception {
        Settings settings = Settings.fromSystem();
        Map<String, Part> parts = new LinkedHashMap<>();
        parts.put("cpu", new CpuPart());
        parts.put("jdbc", new JdbcPart());
        parts.put("redis", new RedisPart());
        parts.put("http", new HttpPart());
        parts.put("hot", new HotPart());
        parts.put("storage", new StoragePart());
        parts.put("cleanup", new CleanupPart());
        parts.put("scale", new ScalePart());
        if (settings.parts().equals(List.of("report"))) {
            Report.write(Results.read(settings.results()), settings);
            return;
        }
        Results results = new Results(settings.results());
        for (String name : settings.parts()) {
            Part part = parts.get(name);
            if (part == null) {
                throw new IllegalArgumentException("'" + name + "' is none of " + parts.keySet());
            }
            part.run(settings, results);
        }
        Report.write(Results.read(settings.results()), settings);
        System.out.println(Files.readString(settings.report().resolve("performance.md")));
        // Servers and drivers leave non-daemon threads behind.
        System.exit(0);
    }
}
