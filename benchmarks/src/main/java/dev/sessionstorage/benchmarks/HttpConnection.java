package dev.sessionstorage.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One keep-alive connection of a browser. It is as cheap as possible, because it shares the processors with the server. */
final class HttpConnection implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;

    HttpConnection(int port) throws IOException {
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** Returns the bytes of a request, which can be sent many times. */
    static byte[] request(String path, String cookie) {
        String cookies = cookie.isEmpty() ? "" : "Cookie: " + cookie + "\r\n";
        return ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + cookies + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Sends a request and returns the cookie that the response sets, or an empty string. */
    String send(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        String status = line();
        if (!status.startsWith("HTTP/1.1 200")) {
            throw new IOException("The server answered " + status);
        }
        int length = 0;
        String cookie = "";
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring("content-length:".length()).trim());
            } else if (lower.startsWith("set-cookie:")) {
                cookie = header.substring("set-cookie:".length(), header.indexOf(';'))
                        .trim();
            }
        }
        in.skipNBytes(length);
        return cookie;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(80);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("The server hung up");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
