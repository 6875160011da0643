package dev.sessionstorage.benchmarks;

import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.redis.RedisProcess;
import java.util.List;
import java.util.Map;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.session.SessionRepository;

/** Measures throughput on Redis, against Spring Session Data Redis and raw Lettuce. */
final class RedisPart implements Part {

    static final String REDIS = "Redis";

    private static final String HOST = "127.0.0.1";

    @Override
    public void run(Settings settings, Results results) throws Exception {
        Map<String, Object> attributes = Attributes.texts(5);
        try (RedisProcess server = RedisProcess.start();
                ServletWebServerApplicationContext ours = Applications.sessionStorage(HOST, server.port());
                ServletWebServerApplicationContext theirs = Applications.springSession(HOST, server.port());
                RawContender raw = new RawLettuceContender(HOST, server.port(), attributes)) {
            List<Contender> contenders = List.of(
                    new SessionStorageContender(ours.getBean(SessionStorage.class), attributes),
                    JdbcPart.springSession(theirs.getBean(SessionRepository.class), attributes),
                    raw,
                    new HandWrittenContender(raw, attributes));
            new StoreRace(settings, results, contenders).run(REDIS);
        }
    }
}
