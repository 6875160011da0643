package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.redis.RedisSessionDataRepository;
import io.lettuce.core.RedisClient;
import io.lettuce.core.resource.Delay;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Stores sessions in the Redis of the application's (primary) connection factory, unless JPA stores them. */
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
    SessionStoreDurability sessionStoreDurability() {
        return new SessionStoreDurability(true);
    }

    /** Beans that need Lettuce, which may be absent from an application with Jedis. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RedisClient.class)
    static final class LettuceConfiguration {

        @Bean
        RedisSessionDataRepository redisSessionDataRepository(
                RedisConnectionFactory factory,
                ObjectProvider<DataRedisConnectionDetails> details,
                SessionProperties properties) {
            SessionProperties.Redis redis = properties.redis();
            if (redis.nearCacheSize() > 0 && details.stream().anyMatch(detail -> detail.getMasterReplica() != null)) {
                throw new SessionStartupException(
                        "session.redis.near-cache-size is set, and spring.data.redis.masterreplica, with which Redis"
                                + " cannot report writes.",
                        "Remove session.redis.near-cache-size, or connect to the master alone or through Sentinel.");
            }
            try {
                return new RedisSessionDataRepository(factory, redis.keyPrefix(), redis.nearCacheSize());
            } catch (IllegalArgumentException e) {
                String action = factory instanceof LettuceConnectionFactory
                        ? "Correct session.redis.near-cache-size, or remove it: without it there is no near cache."
                        : "Use Boot's default client: remove spring.data.redis.client-type, or set it to lettuce. Where something"
                                + " wraps the factory, let it make a proxy of the factory's class.";
                throw new SessionStartupException(e.getMessage() + ".", action, e);
            }
        }

        /** Shortens the reconnect delay, by default up to half a minute. The application's own customizers run later. */
        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        ClientResourcesBuilderCustomizer promptReconnection() {
            return resources -> resources.reconnectDelay(
                    Delay.exponential(Duration.ZERO, Duration.ofSeconds(1), 2, TimeUnit.MILLISECONDS));
        }

        @Bean
        RedisWarnings redisWarnings(
                RedisConnectionFactory factory, RedisSessionDataRepository repository, ObjectProvider<Clock> clock) {
            return new RedisWarnings(factory, repository, clock.getIfUnique(Clock::systemUTC));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("io.lettuce.core.RedisClient")
    static final class WithoutLettuceConfiguration {

        @Bean
        static BeanFactoryPostProcessor redisWithoutLettuce() {
            return beans -> {
                throw new SessionStartupException(
                        "Sessions need Lettuce, which is not on the class path.",
                        "Add io.lettuce:lettuce-core and remove spring.data.redis.client-type, or keep the sessions"
                                + " elsewhere: session.repository=memory, or a SessionDataRepository bean of your own.");
            };
        }
    }
}
