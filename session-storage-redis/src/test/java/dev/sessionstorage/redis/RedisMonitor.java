package dev.sessionstorage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What clients send to a server of this machine, as its {@code MONITOR} shows it. */
final class RedisMonitor implements AutoCloseable {

    private static final Pattern SENT_BY_CLIENT = Pattern.compile("\\+[\\d.]+ \\[\\d+ [\\d.:]+] \"(\\w+)\".*");

    private final int port;
    private final Socket socket;
    private final BufferedReader lines;

    RedisMonitor(int port) throws IOException {
        this.port = port;
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        this.lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        send(socket, "MONITOR");
        lines.readLine();
    }

    /** The names of the commands that clients sent, without those that scripts ran. */
    List<String> sentBy(Runnable operation) throws IOException {
        untilNow();
        operation.run();
        return untilNow();
    }

    private List<String> untilNow() throws IOException {
        String now = UUID.randomUUID().toString();
        try (Socket marker = new Socket(InetAddress.getLoopbackAddress(), port)) {
            send(marker, "ECHO " + now);
            List<String> sent = new ArrayList<>();
            for (String line = lines.readLine(); !line.contains(now); line = lines.readLine()) {
                Matcher command = SENT_BY_CLIENT.matcher(line);
                if (command.matches()) {
                    sent.add(command.group(1).toLowerCase(Locale.ROOT));
                }
            }
            return sent;
        }
    }

    private static void send(Socket to, String command) throws IOException {
        to.getOutputStream().write((command + "\r\n").getBytes(UTF_8));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
