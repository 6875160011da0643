package dev.sessionstorage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;

/** A bare connection to a server, for what no client should do by itself. */
final class RedisWire implements AutoCloseable {

    private final Socket socket;
    private final BufferedReader lines;

    @SuppressWarnings("AddressSelection") // it is the one host of a test's server
    RedisWire(String host, int port) throws IOException {
        this.socket = new Socket(host, port);
        this.lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    /** Sends a command and gives the first line of its answer. */
    String send(String command) throws IOException {
        socket.getOutputStream().write((command + "\r\n").getBytes(UTF_8));
        return nextLine();
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
