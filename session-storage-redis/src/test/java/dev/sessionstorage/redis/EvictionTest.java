package dev.sessionstorage.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sessionstorage.SessionData;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.DataRetrievalFailureException;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/** A server with a full memory and an eviction policy: it evicts a principal's index before the sessions in use. */
@Timeout(60)
class EvictionTest {

    private static final String PREFIX = "session:";
    private static final int MANY = 100_000;

    @Test
    void endingAllDoesNotSayNoneWhereTheIndexMayHaveBeenEvicted() {
        try (RedisProcess server = RedisProcess.start(
                "--maxmemory", "4mb", "--maxmemory-policy", "allkeys-lru", "--maxmemory-samples", "64")) {
            LettuceConnectionFactory factory = TestRedis.connect("127.0.0.1", server.port());
            RedisSessionDataRepository repository = new RedisSessionDataRepository(factory, PREFIX);
            StringRedisTemplate redis = new StringRedisTemplate(factory);
            assertThat(repository.deleteByPrincipal("nobody", null)).isZero();
            evictSomething(redis);
            List<String> ids = List.of(create(repository), create(repository));
            // Redis chooses what to evict, so the test deletes the index itself.
            redis.delete(redis.keys(PREFIX + "principal:*"));

            assertThat(ids).allMatch(id -> repository.readData(id) != null);
            assertThatExceptionOfType(DataRetrievalFailureException.class)
                    .isThrownBy(() -> repository.deleteByPrincipal("robin", null))
                    .withMessageContaining("maxmemory-policy noeviction");

            // A session's next write adds it to the index again.
            SessionData stored = Objects.requireNonNull(repository.readData(ids.get(0)));
            assertThat(repository.updateData(ids.get(0), stored, stored.expires()))
                    .isTrue();
            assertThat(repository.deleteByPrincipal("robin", null)).isEqualTo(1);
            factory.destroy();
        }
    }

    /** Fills the memory until Redis evicts something, then empties it again. */
    private static void evictSomething(StringRedisTemplate redis) {
        for (int i = 0; i < MANY && evicted(redis).equals("0"); i++) {
            redis.opsForValue().set("other:" + i, "x".repeat(10_000));
        }
        assertThat(evicted(redis)).isNotEqualTo("0");
        redis.delete(redis.keys("other:*"));
    }

    private static String evicted(StringRedisTemplate redis) {
        Properties stats = redis.execute((RedisCallback<Properties>)
                connection -> connection.serverCommands().info("stats"));
        return Objects.requireNonNull(stats).getProperty("evicted_keys");
    }

    private static String create(RedisSessionDataRepository repository) {
        Instant now = Instant.now();
        SessionData data = SessionData.fromJson("{\"a\":1}", 0, now, "robin", now.plusSeconds(3600));
        return repository.createData(data, data.expires());
    }
}
