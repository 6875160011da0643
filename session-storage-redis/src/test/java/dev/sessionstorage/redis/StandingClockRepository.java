package dev.sessionstorage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sessionstorage.PrincipalSessionRepository;
import dev.sessionstorage.SessionData;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * The repository with a clock that stands still until a test advances it. Redis's clock cannot be set, so Redis gets other
 * expiries: in its past if the test's clock has passed them, otherwise tomorrow. After the clock has moved, and before the next
 * call, the keys that have expired by it get an expiry in Redis's past. In each case Redis drops them by its own expiry.
 */
final class StandingClockRepository implements PrincipalSessionRepository {

    private static final long PAST = 1;
    private static final int EXPIRES_WIDTH = 19;

    private final Clock clock;
    private final String keyPrefix = "test:" + UUID.randomUUID() + ":";
    private final StringRedisTemplate redis;
    private final RedisSessionDataRepository repository;
    private long now;

    StandingClockRepository(LettuceConnectionFactory factory, Clock clock) {
        this(factory, clock, 0);
    }

    /** Uses a near cache that is on, unless its size is 0. */
    StandingClockRepository(LettuceConnectionFactory factory, Clock clock, int nearCacheSize) {
        long tomorrow = System.currentTimeMillis() + Duration.ofDays(1).toMillis();
        this.clock = clock;
        this.now = clock.millis();
        this.redis = new StringRedisTemplate(factory);
        this.repository = new RedisSessionDataRepository(
                factory, keyPrefix, nearCacheSize, expires -> expires > clock.millis() ? tomorrow : PAST);
        if (nearCacheSize > 0) {
            NearNodes.awaitOn(repository);
        }
    }

    @Override
    public String createData(SessionData data, Instant expires) {
        return caughtUp().createData(data, expires);
    }

    @Override
    public @Nullable SessionData readData(String id) {
        return caughtUp().readData(id);
    }

    @Override
    public boolean updateData(String id, SessionData data, Instant expires) {
        return caughtUp().updateData(id, data, expires);
    }

    @Override
    public boolean extendData(String id, SessionData data, Instant expires) {
        return caughtUp().extendData(id, data, expires);
    }

    @Override
    public @Nullable String rotateData(String id, SessionData data, Instant expires) {
        return caughtUp().rotateData(id, data, expires);
    }

    @Override
    public void deleteData(String id) {
        caughtUp().deleteData(id);
    }

    @Override
    public Map<String, SessionData> findByPrincipal(String principal) {
        return caughtUp().findByPrincipal(principal);
    }

    @Override
    public boolean deleteByHandle(String principal, String handle) {
        return caughtUp().deleteByHandle(principal, handle);
    }

    @Override
    public int deleteByPrincipal(String principal, @Nullable String exceptHandle) {
        return caughtUp().deleteByPrincipal(principal, exceptHandle);
    }

    @Override
    public boolean isMoved(String id) {
        return caughtUp().isMoved(id);
    }

    @Override
    public boolean writesAreFinal() {
        return repository.writesAreFinal();
    }

    private synchronized RedisSessionDataRepository caughtUp() {
        if (now != clock.millis()) {
            now = clock.millis();
            Set<String> keys = redis.keys(keyPrefix + "*");
            keys.stream()
                    .filter(key -> !key.startsWith(keyPrefix + "principal:"))
                    .forEach(this::expireIfDue);
        }
        return repository;
    }

    private void expireIfDue(String key) {
        String expires = redis.opsForValue().get(key, 0, EXPIRES_WIDTH - 1);
        if (expires != null && !expires.isEmpty() && Long.parseLong(expires) + GRACE.toMillis() <= now) {
            redis.execute(connection -> connection.keyCommands().pExpireAt(key.getBytes(UTF_8), PAST), true);
        }
    }
}
