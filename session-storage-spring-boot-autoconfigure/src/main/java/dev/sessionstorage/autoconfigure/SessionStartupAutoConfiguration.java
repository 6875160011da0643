package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.SessionStorage;
import java.util.Locale;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/** Logs the effective settings and likely mistakes at startup. Test slices leave it out. */
@AutoConfiguration(before = SessionAutoConfiguration.class)
public final class SessionStartupAutoConfiguration {

    private static final Log LOG = LogFactory.getLog(SessionStorage.class);

    SessionStartupAutoConfiguration() {}

    /** Logs the summary when a storage is created, which lazy initialization may delay. */
    @Bean
    static BeanPostProcessor sessionStorageSummary() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                if (bean instanceof SessionStorage && bean.getClass().getName().startsWith("dev.sessionstorage.")) {
                    LOG.info(bean);
                }
                return bean;
            }
        };
    }

    @Bean
    static BeanFactoryPostProcessor unknownSessionProperties(ConfigurableEnvironment environment) {
        return beans -> new UnknownProperties(environment).warn();
    }

    /**
     * Fails the startup of a WebFlux application, which would get neither the filter nor {@code @CurrentSession}. An
     * application with its own storage calls it explicitly and may start.
     */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    @ConditionalOnMissingBean(SessionStorage.class)
    static final class ReactiveConfiguration {

        @Bean
        static BeanFactoryPostProcessor reactiveSessions() {
            return beans -> {
                throw new SessionStartupException(
                        "session-storage needs Spring MVC, and this is a WebFlux application: @CurrentSession, the"
                                + " automatic commit and Spring Security's part would do nothing.",
                        "Use spring-boot-starter-webmvc, and remove spring.main.web-application-type=reactive. To call"
                                + " getSession and commitSession yourself, which block, define a SessionStorage bean of"
                                + " your own: SessionStorage.builder()…build().");
            };
        }
    }

    /** Masks the cookie's secrets in Actuator's endpoints, whatever {@code management.endpoint.env.show-values} says. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(SanitizingFunction.class)
    static final class ActuatorConfiguration {

        @Bean
        SanitizingFunction sessionSecretsAreNotShown() {
            return data -> data.getKey()
                            .replaceAll("\\W|_", "")
                            .toLowerCase(Locale.ROOT)
                            .startsWith("sessioncookiesecrets")
                    ? data.withSanitizedValue()
                    : data;
        }
    }
}
