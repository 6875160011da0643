package dev.sessionstorage.autoconfigure;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.ClassUtils;

/**
 * Turns open session in view off by default if Spring Data JPA is absent. Hibernate is then there only for the sessions. With
 * open session in view, every request of a plain JDBC application would hold its connection from its first transaction until
 * the view is rendered.
 */
final class WithoutOpenInView implements EnvironmentPostProcessor {

    private static final String SPRING_DATA_JPA = "org.springframework.data.jpa.repository.JpaRepository";
    private static final String SESSIONS_IN_JPA = "dev.sessionstorage.jpa.JpaSessionDataRepository";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        ClassLoader loader = application.getClassLoader();
        if (ClassUtils.isPresent(SESSIONS_IN_JPA, loader) && !ClassUtils.isPresent(SPRING_DATA_JPA, loader)) {
            environment
                    .getPropertySources()
                    .addLast(new MapPropertySource("session-storage", Map.of("spring.jpa.open-in-view", "false")));
        }
    }
}
