package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.actuate.SessionMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Counts session events if a Micrometer registry is present. */
@AutoConfiguration(
        after = SessionAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class SessionMetricsAutoConfiguration {

    SessionMetricsAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    SessionMetrics sessionEventMetrics(MeterRegistry registry) {
        return new SessionMetrics(registry);
    }

    @Bean
    SessionStorageBuilderCustomizer countedSessionEvents(SessionMetrics metrics) {
        return builder -> builder.onEvent(metrics::count);
    }
}
