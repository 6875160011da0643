package dev.sessionstorage.benchmarks;

import dev.sessionstorage.SessionId;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The limit: one command each on one connection, a compare-and-set being a script. */
final class RawLettuceContender implements Contender {

    private static final Duration LIFE = Duration.ofMinutes(30);
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
    private final String json;

    RawLettuceContender(String host, int port, Map<String, Object> attributes) {
        this.client = RedisClient.create("redis://" + host + ":" + port);
        this.connection = client.connect();
        this.commands = connection.sync();
        this.script = commands.scriptLoad(COMPARE_AND_SET);
        this.json = JsonMapper.shared().writeValueAsString(attributes);
    }

    @Override
    public String name() {
        return "raw Lettuce";
    }

    @Override
    public String create() {
        String key = "raw:" + SessionId.create();
        commands.set(key, value(0), SetArgs.Builder.nx().px(LIFE));
        return key;
    }

    @Override
    public void read(String key) {
        value(key);
    }

    @Override
    public void change(String key, long number) {
        String version = value(key).substring(0, VERSION);
        String next = value(Long.parseLong(version) + 1);
        Long done = commands.evalsha(
                script, ScriptOutputType.INTEGER, new String[] {key}, version, next, Long.toString(LIFE.toMillis()));
        if (done == null || done != 1) {
            throw new IllegalStateException("The session is gone");
        }
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }

    private String value(long version) {
        String digits = Long.toString(version);
        return "0".repeat(VERSION - digits.length()) + digits + json;
    }

    private String value(String key) {
        String value = commands.get(key);
        if (value == null) {
            throw new IllegalStateException("The session is gone");
        }
        return value;
    }
}
