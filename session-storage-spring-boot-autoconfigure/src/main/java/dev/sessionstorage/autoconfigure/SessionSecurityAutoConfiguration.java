package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.Sessions;
import dev.sessionstorage.security.PrincipalSessionRegistry;
import dev.sessionstorage.security.SecurityJson;
import dev.sessionstorage.security.SessionCsrfTokenRepository;
import dev.sessionstorage.security.SessionOAuth2AuthorizationRequestRepository;
import dev.sessionstorage.security.SessionRequestCache;
import dev.sessionstorage.security.SessionSecurityConfigurer;
import dev.sessionstorage.security.SessionSecurityContextRepository;
import dev.sessionstorage.web.AllowedTypes;
import java.util.function.Consumer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.security.jackson.SecurityJacksonModule;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * Lets Spring Security keep everything in the session, without {@code HttpSession}. It is off with
 * {@code session.auto-commit=false}, because nothing would commit its changes then.
 */
@AutoConfiguration(after = SessionWebAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({SecurityFilterChain.class, HttpSecurity.class})
@ConditionalOnBean({SessionStorage.class, AllowedTypes.class})
@ConditionalOnBooleanProperty(name = "session.auto-commit", matchIfMissing = true)
public final class SessionSecurityAutoConfiguration {

    private static final String REQUEST_HANDLED_EVENTS = "spring.mvc.publish-request-handled-events";

    SessionSecurityAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    SecurityJson sessionSecurityJson(AllowedTypes types, ObjectProvider<SecurityJacksonModule> modules) {
        return new SecurityJson(types, modules.orderedStream().toList());
    }

    @Bean
    @ConditionalOnMissingBean
    SecurityContextRepository sessionSecurityContextRepository(SecurityJson json) {
        return SessionSecurityConfigurer.inRequestAndSession(new SessionSecurityContextRepository(json));
    }

    @Bean
    @ConditionalOnMissingBean(CsrfTokenRepository.class)
    SessionCsrfTokenRepository sessionCsrfTokenRepository() {
        return new SessionCsrfTokenRepository();
    }

    @Bean
    @ConditionalOnMissingBean(RequestCache.class)
    SessionRequestCache sessionRequestCache() {
        return new SessionRequestCache(SessionRequestCache.pages());
    }

    /** Created lazily: a repository without principals is an error only if a chain limits concurrent sessions. */
    @Bean
    @Lazy
    @ConditionalOnMissingBean(SessionRegistry.class)
    PrincipalSessionRegistry principalSessionRegistry(Sessions sessions) {
        return new PrincipalSessionRegistry(sessions);
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    Customizer<HttpSecurity> sessionsInsteadOfHttpSession(
            SecurityContextRepository contexts,
            CsrfTokenRepository tokens,
            ObjectProvider<ObjectPostProcessor<Object>> postProcessor,
            ObjectProvider<FilterAdjustment> adjustments) {
        Consumer<Object> all = filter -> adjustments.forEach(adjustment -> adjustment.adjust(filter));
        // Resolved late: if Spring Security is on the class path but unused, it has no post-processor.
        return http -> SessionSecurityConfigurer.customizer(contexts, tokens, postProcessor.getObject(), all)
                .customize(http);
    }

    /** Turns off Spring MVC's event at the end of each request. It contains the user's name, so it would read every session. */
    @Bean
    static BeanPostProcessor noRequestHandledEvents(Environment environment) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessBeforeInitialization(Object bean, String name) {
                if (bean.getClass() == DispatcherServlet.class
                        && bean instanceof DispatcherServlet servlet
                        && !environment.containsProperty(REQUEST_HANDLED_EVENTS)) {
                    servlet.setPublishEvents(false);
                }
                return bean;
            }
        };
    }

    /** A change of a filter that an optional part of Spring Security needs. */
    interface FilterAdjustment {
        void adjust(Object filter);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(AuthorizationRequestRepository.class)
    static final class OAuth2ClientConfiguration {

        @Bean
        @ConditionalOnMissingBean(AuthorizationRequestRepository.class)
        SessionOAuth2AuthorizationRequestRepository sessionAuthorizationRequestRepository(SecurityJson json) {
            return new SessionOAuth2AuthorizationRequestRepository(json);
        }

        @Bean
        FilterAdjustment authorizationRequestsInSession(
                ObjectProvider<AuthorizationRequestRepository<OAuth2AuthorizationRequest>> repository) {
            return filter -> repository.ifUnique(
                    requests -> SessionOAuth2AuthorizationRequestRepository.adjust(filter, requests));
        }
    }
}
