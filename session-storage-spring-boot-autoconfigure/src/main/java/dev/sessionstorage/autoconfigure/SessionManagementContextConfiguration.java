package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.web.SessionFilter;
import jakarta.servlet.ServletRequestListener;
import java.util.Objects;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.DispatcherServlet;

/** Provides sessions on a separate management port, where Spring Security's filters need them. */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(value = DispatcherServlet.class, name = "sessionStorageFilter")
public final class SessionManagementContextConfiguration {

    SessionManagementContextConfiguration() {}

    @Bean
    FilterRegistrationBean<SessionFilter> managementSessionFilter(BeanFactory beans) {
        FilterRegistrationBean<?> application = beans.getBean("sessionStorageFilter", FilterRegistrationBean.class);
        FilterRegistrationBean<SessionFilter> registration = new FilterRegistrationBean<>();
        registration.setFilter((SessionFilter) Objects.requireNonNull(application.getFilter()));
        SessionWebAutoConfiguration.placeFilter(registration);
        return registration;
    }

    @Bean
    ServletRequestListener managementSessionRequestListener() {
        return SessionFilter.afterRequest();
    }
}
