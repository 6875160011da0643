package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.SessionDataRepository;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Keeps sessions in memory in the slice of a {@code @WebMvcTest}, whatever {@code session.repository} says, because a slice has
 * neither a database nor Redis. It is registered for slices only.
 */
@AutoConfiguration(
        after = {JpaSessionAutoConfiguration.class, RedisSessionAutoConfiguration.class},
        before = SessionAutoConfiguration.class)
public final class SliceSessionAutoConfiguration {

    SliceSessionAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(SessionDataRepository.class)
    InMemorySessionDataRepository sliceSessionDataRepository(ObjectProvider<Clock> clock) {
        return new InMemorySessionDataRepository(clock.getIfUnique(Clock::systemUTC), 100_000);
    }
}
