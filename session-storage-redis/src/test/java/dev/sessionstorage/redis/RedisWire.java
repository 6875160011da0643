package dev.sessionstorage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A raw connection to a server, for commands that no client library should send. */
final class RedisWire implements AutoCloseable {

    private final Socket socket;
    private final BufferedReader lines;

    @SuppressWarnings("AddressSelection") // it is the one host of a test's server
    RedisWire(String host, int port) throws IOException {
        this.socket = new Socket(host, port);
        this.lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    /** Sends a command and returns the first line of the reply. */
    String send(String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(UTF_8));
        return nextLine();
    }

    /** Sends a command and returns the lines of its reply, an ASCII text. */
    List<String> lines(String command) throws IOException {
        char[] text = new char[Integer.parseInt(send(command).substring(1)) + 2];
        int length = 0;
        while (length < text.length) {
            int more = lines.read(text, length, text.length - length);
            if (more < 0) {
                throw new IOException("The server has closed the connection");
            }
            length += more;
        }
        return new String(text).lines().filter(line -> !line.isEmpty()).toList();
    }

    /** Repeats a command to a local server until a line of the reply is as expected. */
    static void await(int port, String command, Predicate<String> expected) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try (RedisWire wire = new RedisWire("127.0.0.1", port)) {
                if (wire.lines(command).stream().anyMatch(expected)) {
                    return;
                }
            }
            if (System.nanoTime() > deadline) {
                throw new IOException(command + " does not answer what was expected");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** Waits until a replica has as many keys as its master, while no new ones are created. */
    static void awaitAsManyKeys(int masterPort, int replicaPort) throws IOException {
        try (RedisWire master = new RedisWire("127.0.0.1", masterPort)) {
            String keys = master.send("DBSIZE").substring(1);
            await(replicaPort, "INFO keyspace", line -> line.startsWith("db0:keys=" + keys + ","));
        }
    }

    /** How often clients sent a local server the commands that read a session. */
    static List<String> readsSentTo(int port) throws IOException {
        try (RedisWire wire = new RedisWire("127.0.0.1", port)) {
            return wire.lines("INFO commandstats").stream()
                    .filter(line -> line.matches("cmdstat_(get|mget|zrange):.*"))
                    .toList();
        }
    }

    String nextLine() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw new IOException("The server has closed the connection");
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
