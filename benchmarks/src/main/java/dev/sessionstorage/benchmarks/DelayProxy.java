package dev.sessionstorage.benchmarks;

import dev.sessionstorage.jpa.DatabaseSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Stands between a driver and a database server and makes every round trip longer, as a network would. */
final class DelayProxy implements AutoCloseable {

    private final DatabaseSettings target;
    private final long delayNanos;
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "delay-proxy");
        thread.setDaemon(true);
        return thread;
    });

    DelayProxy(DatabaseSettings target, Duration delay) throws IOException {
        this.target = target;
        this.delayNanos = delay.toNanos();
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    /** The same database through this proxy. */
    DatabaseSettings settings() {
        return target.withPort(server.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
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
                AtomicBoolean answered = new AtomicBoolean(true);
                threads.execute(() -> forward(client, database, () -> {
                    // Only the first bytes after an answer begin a round trip.
                    if (answered.getAndSet(false)) {
                        delay();
                    }
                }));
                threads.execute(() -> forward(database, client, () -> answered.set(true)));
            } catch (IOException e) {
                // The proxy was closed, or the server refused: the driver sees a broken connection.
                return;
            }
        }
    }

    private void delay() {
        long end = System.nanoTime() + delayNanos;
        for (long left = delayNanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void forward(Socket from, Socket to, Runnable before) {
        byte[] buffer = new byte[65_536];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                before.run();
                out.write(buffer, 0, length);
            }
        } catch (IOException e) {
            // Either side has hung up: both sockets are closed by now.
            sockets.remove(from);
        }
    }
}
