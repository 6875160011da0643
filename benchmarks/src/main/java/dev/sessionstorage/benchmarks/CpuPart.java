package dev.sessionstorage.benchmarks;

import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs {@link CpuBenchmark} in separate JVMs. */
final class CpuPart implements Part {

    static final String TIME = "CPU, ";
    static final String MEMORY = "Allocation, ";

    @Override
    public void run(Settings settings, Results results) throws Exception {
        Collection<RunResult> runs = new Runner(new OptionsBuilder()
                        .include(CpuBenchmark.class.getName())
                        .addProfiler(GCProfiler.class)
                        .forks(settings.quick() ? 1 : settings.rounds())
                        .warmupIterations(settings.quick() ? 3 : 6)
                        .warmupTime(TimeValue.milliseconds(500))
                        .measurementIterations(settings.quick() ? 3 : 5)
                        .measurementTime(TimeValue.milliseconds(500))
                        .build())
                .run();
        for (RunResult run : runs) {
            String circumstances = "five attributes, " + run.getParams().getParam("attributes");
            String row = run.getPrimaryResult().getLabel();
            int round = 0;
            for (var fork : run.getBenchmarkResults()) {
                results.add(new Measurement(
                        TIME + circumstances,
                        row,
                        contender(row),
                        "ns",
                        round,
                        fork.getPrimaryResult().getScore()));
                Result<?> allocated = fork.getSecondaryResults().get("gc.alloc.rate.norm");
                if (allocated != null) {
                    results.add(new Measurement(
                            MEMORY + circumstances, row, contender(row), "bytes", round, allocated.getScore()));
                }
                round++;
            }
        }
    }

    private static String contender(String row) {
        return row.startsWith("java") ? "Java serialization" : Measurement.OURS;
    }
}
