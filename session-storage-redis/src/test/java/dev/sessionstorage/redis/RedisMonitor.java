package dev.sessionstorage.redis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Records what clients send to a local server, as its {@code MONITOR} shows it. */
public final class RedisMonitor implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final Pattern SENT_BY_CLIENT = Pattern.compile("\\+[\\d.]+ \\[\\d+ [\\d.:]+] \"(\\w+)\".*");

    private final int port;
    private final RedisWire monitor;

    public RedisMonitor(int port) throws IOException {
        this.port = port;
        this.monitor = new RedisWire(HOST, port);
        monitor.send("MONITOR");
    }

    /** The names of the commands that clients sent, without those that scripts ran. */
    public List<String> sentBy(Runnable operation) throws IOException {
        untilNow();
        operation.run();
        return untilNow();
    }

    private List<String> untilNow() throws IOException {
        String now = UUID.randomUUID().toString();
        try (RedisWire marker = new RedisWire(HOST, port)) {
            marker.send("ECHO " + now);
        }
        List<String> sent = new ArrayList<>();
        for (String line = monitor.nextLine(); !line.contains(now); line = monitor.nextLine()) {
            Matcher command = SENT_BY_CLIENT.matcher(line);
            if (command.matches()) {
                sent.add(command.group(1).toLowerCase(Locale.ROOT));
            }
        }
        return sent;
    }

    @Override
    public void close() throws IOException {
        monitor.close();
    }
}
