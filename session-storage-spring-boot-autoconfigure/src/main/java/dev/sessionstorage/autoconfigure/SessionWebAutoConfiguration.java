package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.web.CurrentSessionArgumentResolver;
import dev.sessionstorage.web.SessionExceptionAdvice;
import dev.sessionstorage.web.SessionFilter;
import jakarta.servlet.DispatcherType;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Brings {@code @CurrentSession} and the automatic commit to Spring MVC. */
@AutoConfiguration(after = SessionAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({DispatcherServlet.class, WebMvcConfigurer.class})
@ConditionalOnBean(SessionStorage.class)
public final class SessionWebAutoConfiguration {

    /** Where Spring Session puts its filter too: before Spring Security, after encoding and forwarded headers. */
    private static final int FILTER_ORDER = Ordered.HIGHEST_PRECEDENCE + 50;

    SessionWebAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(SessionFilter.class)
    FilterRegistrationBean<SessionFilter> sessionFilter(
            SessionStorage storage,
            SessionCookie cookie,
            SessionProperties properties,
            @Qualifier("handlerExceptionResolver") ObjectProvider<HandlerExceptionResolver> exceptionResolver) {
        FilterRegistrationBean<SessionFilter> registration = new FilterRegistrationBean<>(
                new SessionFilter(storage, cookie.name(), properties.autoCommit(), exceptionResolver::getObject));
        registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR);
        registration.setOrder(FILTER_ORDER);
        return registration;
    }

    @Bean
    @ConditionalOnMissingBean
    SessionExceptionAdvice sessionExceptionAdvice() {
        return new SessionExceptionAdvice();
    }

    @Bean
    WebMvcConfigurer currentSessionArgumentResolver() {
        return new WebMvcConfigurer() {
            @Override
            public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                resolvers.add(new CurrentSessionArgumentResolver());
            }
        };
    }
}
