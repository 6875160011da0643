package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.Sessions;
import jakarta.servlet.ServletContext;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.task.SimpleAsyncTaskSchedulerBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.util.UriUtils;

/**
 * Creates the {@link SessionStorage} bean from the properties {@code session.*}. Its repository is the application's own
 * {@link SessionDataRepository} bean, JPA, Redis or memory.
 */
@AutoConfiguration
@EnableConfigurationProperties(SessionProperties.class)
public final class SessionAutoConfiguration {

    private static final Log LOG = LogFactory.getLog(SessionAutoConfiguration.class);

    SessionAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(SessionDataRepository.class)
    @ConditionalOnProperty(name = "session.repository", havingValue = "memory", matchIfMissing = true)
    InMemorySessionDataRepository inMemorySessionDataRepository(ObjectProvider<Clock> clock) {
        LOG.warn("Sessions are kept in memory: they end with this process, and no other process sees them");
        return new InMemorySessionDataRepository(clock.getIfUnique(Clock::systemUTC), 100_000);
    }

    /** The application's own storage brings its own cookie. */
    @Bean
    @ConditionalOnMissingBean({SessionCookie.class, SessionStorage.class})
    SessionCookie sessionStorageCookie(
            SessionProperties properties,
            ObjectProvider<SessionDataRepository> repository,
            ObjectProvider<SessionStoreDurability> durability,
            ApplicationContext context) {
        SessionDataRepository store = repository.getIfUnique();
        boolean survivesRestart = durability
                .getIfAvailable(() ->
                        new SessionStoreDurability(store != null && !(store instanceof InMemorySessionDataRepository)))
                .survivesRestart();
        return CookieFactory.create(properties.cookie(), contextPath(context), survivesRestart);
    }

    /** Returns the context path as browsers see it, unless a proxy changes it; "" for the root, and without servlets. */
    private static String contextPath(ApplicationContext context) {
        ServletContext servlets = context instanceof WebApplicationContext web ? web.getServletContext() : null;
        String path = servlets == null ? "" : servlets.getContextPath();
        // Tomcat returns it decoded, Jetty does not.
        return path.indexOf('%') < 0 ? UriUtils.encodePath(path, StandardCharsets.UTF_8) : path;
    }

    @Bean
    @ConditionalOnMissingBean
    SessionStorage sessionStorage(
            SessionProperties properties,
            ObjectProvider<SessionDataRepository> repositories,
            SessionCookie cookie,
            ObjectProvider<Clock> clock,
            ObjectProvider<SessionStorageBuilderCustomizer> customizers) {
        SessionDataRepository repository = repositories.getIfAvailable();
        if (repository == null) {
            throw new SessionStartupException(
                    "session.repository is '" + properties.repository() + "', but there is no such repository.",
                    "Add the starter for it and configure its connection, or remove session.repository to have one picked.");
        }
        try {
            SessionStorage.Builder builder = SessionStorage.builder()
                    .cookie(cookie)
                    .repository(repository)
                    .absoluteTimeout(properties.absoluteTimeout())
                    .conflicts(properties.conflicts())
                    .maxSize(Math.toIntExact(properties.maxSize().toBytes()))
                    .clock(clock.getIfUnique(Clock::systemUTC));
            if (properties.idleTimeout() != null) {
                builder.idleTimeout(properties.idleTimeout());
            }
            customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
            return builder.build();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new SessionStartupException(e.getMessage() + ".", "Correct the properties session.*.", e);
        }
    }

    /** Created lazily: a repository without principals is an error only if this bean is used. */
    @Bean
    @Lazy
    @ConditionalOnMissingBean
    Sessions principalSessions(SessionStorage storage) {
        try {
            return storage.sessions();
        } catch (IllegalStateException e) {
            throw new SessionStartupException(
                    "The Sessions bean is used, but " + e.getMessage() + ".",
                    "Let it implement PrincipalSessionRepository, or don't use Sessions.",
                    e);
        }
    }

    @Bean
    @ConditionalOnMissingBean
    SessionCleanup expiredSessionCleanup(
            SessionProperties properties,
            ObjectProvider<SessionDataRepository> repository,
            ObjectProvider<SimpleAsyncTaskSchedulerBuilder> schedulers) {
        return new SessionCleanup(
                repository.getIfUnique(),
                properties.cleanup(),
                schedulers.getIfAvailable(SimpleAsyncTaskSchedulerBuilder::new));
    }
}
