package dev.sessionstorage.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs a main class in a separate JVM, with this JVM's class path. The class prints a line that begins with {@link #READY} when
 * it is ready. It should end when its standard input ends, so that it does not outlive this JVM.
 */
public final class JavaProcess implements AutoCloseable {

    /** The beginning of the line that a process prints when it is ready. */
    public static final String READY = "ready";

    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final CompletableFuture<String> ready = new CompletableFuture<>();

    private JavaProcess(Process process) {
        this.process = process;
    }

    /** Starts a main class without waiting, with JVM options such as {@code -Xmx128m}. */
    public static JavaProcess start(Class<?> main, List<String> options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        JavaProcess started = new JavaProcess(
                new ProcessBuilder(command).redirectErrorStream(true).start());
        Thread output = new Thread(started::read, "output of " + main.getSimpleName());
        output.setDaemon(true);
        output.start();
        return started;
    }

    /** Waits until the process is ready and returns what it printed after the word, such as its port. */
    public String awaitReady() throws ExecutionException, InterruptedException, TimeoutException {
        return ready.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Writes a line to its standard input. */
    void send(String line) throws IOException {
        Writer input = process.outputWriter();
        input.write(line + "\n");
        input.flush();
    }

    /** Waits until the process ends by itself and returns its exit code. */
    int awaitEnd() throws InterruptedException, TimeoutException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new TimeoutException("The process goes on");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .completeOnTimeout(process, PATIENCE_SECONDS, TimeUnit.SECONDS)
                .thenAccept(Process::destroyForcibly)
                .join();
    }

    /** Reads all output, so that the process never blocks on a full pipe. */
    private void read() {
        StringBuilder seen = new StringBuilder();
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(READY)) {
                    ready.complete(line.substring(READY.length()).strip());
                }
                if (!ready.isDone()) {
                    seen.append(line).append('\n');
                }
            }
            ready.completeExceptionally(new IllegalStateException("It ended before it was ready:\n" + seen));
        } catch (IOException e) {
            ready.completeExceptionally(new UncheckedIOException(e));
        }
    }
}
