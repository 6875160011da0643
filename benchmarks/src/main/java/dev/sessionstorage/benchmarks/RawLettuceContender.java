package dev.sessionstorage.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** The upper bound for Redis: one command each on one connection, with a script as compare-and-set. */
final class RawLettuceContender extends RawContender {

    private static final Duration LIFE = Duration.ofMinutes(30);
    private static final String KEY_PREFIX = "raw:";
    private static final int VERSION = 10;
    private static final String COMPARE_AND_SET = """
            if redis.call('GETRANGE', KEYS[1], 0, 9) ~= ARGV[1] then return 0 end
            redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
            return 1
            """;

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final RedisCommands<String, String> commands;
    private final String script;

    RawLettuceContender(String host, int port, Map<String, Object> attributes) {
        super(attributes);
        this.client = RedisClient.create("redis://" + host + ":" + port);
        this.connection = client.connect();
        this.commands = connection.sync();
        this.script = commands.scriptLoad(COMPARE_AND_SET);
    }

    @Override
    public String name() {
        return "raw Lettuce";
    }

    @Override
    void create(String id, String text) {
        commands.set(KEY_PREFIX + id, value(0, text), SetArgs.Builder.nx().px(LIFE));
    }

    @Override
    String text(String id) {
        return value(id).substring(VERSION);
    }

    @Override
    void change(String id, UnaryOperator<String> change) {
        String value = value(id);
        String version = value.substring(0, VERSION);
        String next = value(Long.parseLong(version) + 1, change.apply(value.substring(VERSION)));
        Long done = commands.evalsha(
                script,
                ScriptOutputType.INTEGER,
                new String[] {KEY_PREFIX + id},
                version,
                next,
                Long.toString(LIFE.toMillis()));
        check(done != null && done == 1);
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }

    private static String value(long version, String text) {
        String digits = Long.toString(version);
        return "0".repeat(VERSION - digits.length()) + digits + text;
    }

    private String value(String id) {
        return Objects.requireNonNull(commands.get(KEY_PREFIX + id), "The session is gone");
    }
}
