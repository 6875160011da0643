package dev.sessionstorage.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A second JVM that takes part in a history check on the same database. It waits for a line of input before it begins. The logs
 * of both JVMs can be merged by time, because on Linux {@link System#nanoTime()} is the machine's CLOCK_MONOTONIC.
 */
final class HistoryProcess {

    static final int THREADS = 4;

    private static final String READY = "ready";

    private HistoryProcess() {}

    public static void main(String[] args) throws IOException {
        DatabaseSettings settings = new DatabaseSettings(args[0], args[1], args[2]);
        try (Persistence persistence = HistoryDatabase.persistence(settings)) {
            System.out.println(READY);
            if (System.in.read() != -1) {
                HistoryDatabase.check(persistence).threads(THREADS).record(Path.of(args[3]), THREADS);
            }
        }
    }

    static Other start(DatabaseSettings settings, Path shared, long seed) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dhistory.seed=" + seed));
        String seconds = System.getProperty("history.seconds");
        if (seconds != null) {
            command.add("-Dhistory.seconds=" + seconds);
        }
        command.addAll(List.of(
                HistoryProcess.class.getName(),
                settings.url(),
                settings.username(),
                settings.password(),
                shared.toString()));
        return new Other(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** The first JVM's handle on the second. */
    static final class Other implements AutoCloseable {

        private final Process process;
        private final BufferedReader output;

        private Other(Process process) {
            this.process = process;
            this.output = process.inputReader();
        }

        /** Waits until it is ready, then starts it. */
        void go() throws IOException {
            String line = output.readLine();
            while (line != null && !line.equals(READY)) {
                line = output.readLine();
            }
            assertThat(line).as("the second JVM has started").isNotNull();
            try (Writer input = process.outputWriter()) {
                input.write("go\n");
            }
        }

        /** Waits until it has written its log. */
        void finish() throws InterruptedException, IOException {
            output.transferTo(Writer.nullWriter());
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
