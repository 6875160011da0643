package dev.sessionstorage.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** Runs the parts that the system property {@code benchmarks} names, and writes the report. */
public final class Benchmarks {

    private Benchmarks() {}

    /**
     * Settings are system properties: see benchmarks/README.md.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws Exception {
        Settings settings = Settings.fromSystem();
        Map<String, Part> parts = new LinkedHashMap<>();
        parts.put("cpu", new CpuPart());
        parts.put("jdbc", new JdbcPart());
        parts.put("redis", new RedisPart());
        Results results = new Results(settings.results());
        for (String name : settings.parts()) {
            Part part = parts.get(name);
            if (part == null) {
                throw new IllegalArgumentException("'" + name + "' is none of " + parts.keySet());
            }
            part.run(settings, results);
        }
        // Servers and drivers leave threads behind that are no daemons.
        System.exit(0);
    }
}
