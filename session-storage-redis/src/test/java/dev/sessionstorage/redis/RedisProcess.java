package dev.sessionstorage.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.springframework.util.FileSystemUtils;
import redis.embedded.core.ExecutableProvider;

/**
 * A local Redis server on a free loopback port. Its files are in a separate directory, which is deleted with it, at the latest
 * when this JVM ends. The system property {@code session.test.redis-server} may name the path of a {@code redis-server} or
 * {@code valkey-server}; the default is the one in embedded-redis.
 */
public final class RedisProcess implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final int port;
    private final Path directory;
    private final Process process;

    private RedisProcess(int port, Path directory, Process process) {
        this.port = port;
        this.directory = directory;
        this.process = process;
    }

    /** Starts a server with settings such as {@code --appendonly yes}, and returns when it answers. */
    public static RedisProcess start(String... settings) {
        return start(freePort(), settings);
    }

    static RedisProcess start(int port, String... settings) {
        try {
            Path directory = Files.createTempDirectory("session-redis");
            List<String> command = new ArrayList<>(List.of(executable(), "--port", String.valueOf(port)));
            command.addAll(List.of("--bind", HOST, "--dir", directory.toString(), "--save", ""));
            command.addAll(List.of(settings));
            return launch(port, directory, command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a Sentinel that decides alone about a master. */
    static RedisProcess startSentinel(String master, int masterPort) {
        try {
            int port = freePort();
            Path directory = Files.createTempDirectory("session-sentinel");
            Path configuration = directory.resolve("sentinel.conf");
            Files.write(
                    configuration,
                    List.of(
                            "port " + port,
                            "bind " + HOST,
                            "dir " + directory,
                            "sentinel monitor " + master + " " + HOST + " " + masterPort + " 1",
                            "sentinel down-after-milliseconds " + master + " 1000",
                            "sentinel failover-timeout " + master + " 3000"));
            return launch(port, directory, List.of(executable(), configuration.toString(), "--sentinel"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RedisProcess launch(int port, Path directory, List<String> command) throws IOException {
        RedisProcess server = new RedisProcess(port, directory, run(command, directory));
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        server.awaitPort();
        return server;
    }

    private static Process run(List<String> command, Path directory) throws IOException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            FileSystemUtils.deleteRecursively(directory);
            throw e;
        }
    }

    /** A port that is free at present. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server's port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Kills the process, as {@code kill -9} does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
        try {
            FileSystemUtils.deleteRecursively(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String executable() throws IOException {
        String configured = System.getProperty("session.test.redis-server");
        return configured != null
                ? configured
                : ExecutableProvider.newJarResourceProvider().get().getPath();
    }

    private void awaitPort() throws IOException {
        long deadline = System.nanoTime() + START_NANOS;
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("Redis did not start: " + Files.readString(directory.resolve("log")), e);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }
}
