package dev.sessionstorage.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sessionstorage.SessionData;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.DataRetrievalFailureException;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** A server whose memory is full and which evicts: the index of a principal goes before the sessions that are in use. */
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
            List<String> ids = List.of(create(repository), create(repository));

            evictTheIndex(redis, repository, ids);

            assertThat(ids).allMatch(id -> repository.readData(id) != null);
            assertThatExceptionOfType(DataRetrievalFailureException.class)
                    .isThrownBy(() -> repository.deleteByPrincipal("robin", null))
                    .withMessageContaining("maxmemory-policy noeviction");

            // Whichever session is written next is noted again.
            SessionData stored = Objects.requireNonNull(repository.readData(ids.get(0)));
            assertThat(repository.updateData(ids.get(0), stored, stored.expires()))
                    .isTrue();
            assertThat(repository.deleteByPrincipal("robin", null)).isEqualTo(1);
            factory.destroy();
        }
    }

    /** Fills the memory while the sessions are read and their index is not. */
    private static void evictTheIndex(
            StringRedisTemplate redis, RedisSessionDataRepository repository, List<String> ids) {
        for (int i = 0; i < MANY && !redis.keys(PREFIX + "principal:*").isEmpty(); i++) {
            redis.opsForValue().set("other:" + i, "x".repeat(10_000));
            ids.forEach(repository::readData);
        }
    }

    private static String create(RedisSessionDataRepository repository) {
        Instant now = Instant.now();
        SessionData data = SessionData.fromJson("{\"a\":1}", 0, now, "robin", now.plusSeconds(3600));
        return repository.createData(data, data.expires());
    }
}
