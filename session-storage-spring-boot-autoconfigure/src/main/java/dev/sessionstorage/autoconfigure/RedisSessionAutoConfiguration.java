package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.redis.RedisSessionDataRepository;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Keeps sessions in the Redis of the application's (primary) connection factory, where JPA keeps none. */
@AutoConfiguration(
        after = {DataRedisAutoConfiguration.class, JpaSessionAutoConfiguration.class},
        before = SessionAutoConfiguration.class)
@ConditionalOnClass({RedisSessionDataRepository.class, DataRedisAutoConfiguration.class})
@ConditionalOnProperty(name = "session.repository", havingValue = "redis", matchIfMissing = true)
@ConditionalOnBean(RedisConnectionFactory.class)
@ConditionalOnMissingBean(SessionDataRepository.class)
@EnableConfigurationProperties(SessionProperties.class)
public final class RedisSessionAutoConfiguration {

    RedisSessionAutoConfiguration() {}

    @Bean
    RedisSessionDataRepository redisSessionDataRepository(
            RedisConnectionFactory factory, SessionProperties properties) {
        try {
            return new RedisSessionDataRepository(factory, properties.redis().keyPrefix());
        } catch (IllegalArgumentException e) {
            throw new SessionStartupException(
                    e.getMessage() + ".",
                    "Use Boot's default client: remove spring.data.redis.client-type, or set it to lettuce.",
                    e);
        }
    }

    @Bean
    SessionStoreDurability sessionStoreDurability(RedisConnectionFactory factory) {
        RedisDurability.warn(factory);
        return new SessionStoreDurability(true);
    }
}
