package dev.sessionstorage.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A proxy to a local server that can disturb only the connections on which Redis sends notifications of writes. It recognizes
 * them by the client's commands.
 */
final class TrackingProxy implements AutoCloseable {

    private final int serverPort;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Socket> silenced = ConcurrentHashMap.newKeySet();
    private final Set<Socket> telling = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;

    TrackingProxy(int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** From now on drops everything that the server sends on the present connections, without breaking them. */
    void silence() {
        silenced.addAll(telling);
    }

    /** Breaks the present connections, and new ones until they are accepted again. */
    void refuse() {
        refusing = true;
        telling.forEach(TrackingProxy::closeQuietly);
    }

    void acceptAgain() {
        refusing = false;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(server);
                start(() -> pump(client, server, true));
                start(() -> pump(server, client, false));
            }
        } catch (IOException e) {
            sockets.forEach(TrackingProxy::closeQuietly);
        }
    }

    private void pump(Socket from, Socket to, boolean fromClient) {
        byte[] buffer = new byte[65_536];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (fromClient && isTracking(buffer, length)) {
                    telling.add(from);
                    if (refusing) {
                        return;
                    }
                }
                if (fromClient || !silenced.contains(to)) {
                    out.write(buffer, 0, length);
                }
            }
        } catch (IOException e) {
            // If one side closes, the other is closed, too.
        } finally {
            telling.remove(from);
        }
    }

    private static boolean isTracking(byte[] buffer, int length) {
        return new String(buffer, 0, length, ISO_8859_1)
                .toUpperCase(Locale.ROOT)
                .contains("TRACKING");
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "tracking-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
