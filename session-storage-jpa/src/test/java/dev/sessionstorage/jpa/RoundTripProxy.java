package dev.sessionstorage.jpa;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Sits between a driver and a database server and counts round trips: bytes from the client followed by bytes from the server.
 * The count is exact once the client has its response. The proxy can delay each round trip, as a network would.
 */
public final class RoundTripProxy implements AutoCloseable {

    private final DatabaseSettings target;
    private final long delayNanos;
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "round-trip-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicInteger roundTrips = new AtomicInteger();

    public RoundTripProxy(DatabaseSettings target) {
        this(target, Duration.ZERO);
    }

    /** Creates a proxy that adds a delay to each round trip. */
    public RoundTripProxy(DatabaseSettings target, Duration delay) {
        this.target = target;
        this.delayNanos = delay.toNanos();
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    /** The same database through this proxy. */
    public DatabaseSettings settings() {
        return target.withPort(server.getLocalPort());
    }

    /** The number of round trips so far, on all connections. */
    public int roundTrips() {
        return roundTrips.get();
    }

    /** The number of round trips of an action, if nothing else uses the proxy meanwhile. */
    public int roundTrips(Runnable action) {
        int before = roundTrips();
        action.run();
        return roundTrips() - before;
    }

    @Override
    public void close() {
        closeQuietly(server);
        sockets.forEach(RoundTripProxy::closeQuietly);
        threads.shutdownNow();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Socket database = new Socket(InetAddress.getLoopbackAddress(), target.port());
                client.setTcpNoDelay(true);
                database.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(database);
                AtomicBoolean asked = new AtomicBoolean();
                threads.execute(() -> forward(client, database, () -> {
                    // Only the first bytes after a response begin a round trip.
                    if (!asked.getAndSet(true)) {
                        delay();
                    }
                }));
                threads.execute(() -> forward(database, client, () -> {
                    if (asked.getAndSet(false)) {
                        roundTrips.incrementAndGet();
                    }
                }));
            } catch (IOException e) {
                // The proxy was closed, or the server refused: the driver sees a broken connection.
                closeQuietly(server);
            }
        }
    }

    private void delay() {
        long end = System.nanoTime() + delayNanos;
        for (long left = delayNanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Counts the bytes before it forwards them, so that the count never lags behind the receiver. */
    private void forward(Socket from, Socket to, Runnable note) {
        byte[] buffer = new byte[65_536];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                note.run();
                out.write(buffer, 0, length);
                out.flush();
            }
        } catch (IOException e) {
            // One side has hung up, and both sockets are closed by now.
            sockets.remove(from);
        }
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
