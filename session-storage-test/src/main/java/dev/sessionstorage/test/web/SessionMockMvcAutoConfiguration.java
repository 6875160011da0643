package dev.sessionstorage.test.web;

import dev.sessionstorage.SessionStorage;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

/** Lets Boot's MockMvc send the session of {@link WithSession}. It is part of {@code @AutoConfigureMockMvc}. */
@AutoConfiguration(afterName = "dev.sessionstorage.autoconfigure.SessionAutoConfiguration")
@ConditionalOnBean(SessionStorage.class)
public final class SessionMockMvcAutoConfiguration {

    SessionMockMvcAutoConfiguration() {}

    @Bean
    WithSessionCookie withSessionCookie(SessionStorage storage) {
        return new WithSessionCookie(storage);
    }
}
