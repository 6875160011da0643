package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.web.AllowedTypes;
import dev.sessionstorage.web.CurrentSessionArgumentResolver;
import dev.sessionstorage.web.SessionExceptionAdvice;
import dev.sessionstorage.web.SessionFilter;
import dev.sessionstorage.web.SessionFlashMaps;
import dev.sessionstorage.web.SessionModelAttributes;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpSessionListener;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.support.DefaultSessionAttributeStore;
import org.springframework.web.bind.support.SessionAttributeStore;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.HandlerMethodArgumentResolverComposite;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurationSupport;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.HandlerExceptionResolverComposite;
import org.springframework.web.servlet.mvc.method.annotation.ExceptionHandlerExceptionResolver;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.support.SessionFlashMapManager;

/** Adds {@code @CurrentSession} and the automatic commit to Spring MVC. */
@AutoConfiguration(after = SessionAutoConfiguration.class, before = WebMvcAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({DispatcherServlet.class, WebMvcConfigurer.class})
@ConditionalOnBean(SessionStorage.class)
public final class SessionWebAutoConfiguration {

    SessionWebAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(SessionFilter.class)
    FilterRegistrationBean<SessionFilter> sessionStorageFilter(
            SessionStorage storage,
            SessionProperties properties,
            @Qualifier("handlerExceptionResolver") ObjectProvider<HandlerExceptionResolver> exceptionResolver) {
        FilterRegistrationBean<SessionFilter> registration = new FilterRegistrationBean<>(
                new SessionFilter(storage, properties.autoCommit(), exceptionResolver::getObject));
        placeFilter(registration);
        return registration;
    }

    @Bean
    FilterRegistrationBean<Filter> sessionStorageForwardFilter(
            SessionStorage storage,
            SessionProperties properties,
            @Qualifier("handlerExceptionResolver") ObjectProvider<HandlerExceptionResolver> exceptionResolver) {
        SessionFilter filter = new SessionFilter(storage, properties.autoCommit(), exceptionResolver::getObject);
        FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(filter.forForwards());
        registration.setDispatcherTypes(DispatcherType.FORWARD);
        registration.setOrder(SessionFilter.DEFAULT_ORDER);
        return registration;
    }

    @Bean
    ServletRequestListener sessionStorageRequestListener() {
        return SessionFilter.afterRequest();
    }

    /** Off without automatic commits: {@code HttpSession} is then used on purpose. */
    @Bean
    @ConditionalOnBooleanProperty(name = "session.auto-commit", matchIfMissing = true)
    HttpSessionListener firstHttpSession() {
        return new FirstHttpSession();
    }

    static void placeFilter(FilterRegistrationBean<SessionFilter> registration) {
        registration.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR);
        registration.setOrder(SessionFilter.DEFAULT_ORDER);
    }

    @Bean
    @ConditionalOnMissingBean
    SessionExceptionAdvice sessionExceptionAdvice() {
        return new SessionExceptionAdvice();
    }

    @Bean
    @ConditionalOnMissingBean
    AllowedTypes sessionAllowedTypes(SessionProperties properties, BeanFactory beans) {
        List<String> names = new ArrayList<>(properties.allowedTypes());
        if (AutoConfigurationPackages.has(beans)) {
            // A package of one segment, such as "com", would allow nearly everything.
            AutoConfigurationPackages.get(beans).stream()
                    .filter(name -> name.contains("."))
                    .forEach(names::add);
        }
        try {
            return new AllowedTypes(names);
        } catch (IllegalArgumentException e) {
            throw new SessionStartupException(e.getMessage() + ".", "Correct session.allowed-types.", e);
        }
    }

    /** Keeps flash and model attributes in the session. Without automatic commits they would never be stored. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnBooleanProperty(name = "session.auto-commit", matchIfMissing = true)
    static final class ModelConfiguration {

        @Bean(DispatcherServlet.FLASH_MAP_MANAGER_BEAN_NAME)
        @ConditionalOnMissingBean(name = DispatcherServlet.FLASH_MAP_MANAGER_BEAN_NAME)
        SessionFlashMaps flashMapManager(SessionStorage storage, AllowedTypes types) {
            return new SessionFlashMaps(storage.cookie(), types);
        }

        /** Replaces the flash map manager that {@code @EnableWebMvc} registers by default. */
        @Bean
        static BeanPostProcessor flashMapsInTheSession(
                ConfigurableListableBeanFactory beans,
                ObjectProvider<SessionStorage> storage,
                ObjectProvider<AllowedTypes> types) {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    return bean.getClass() == SessionFlashMapManager.class && isOfEnableWebMvc(name)
                            ? new SessionFlashMaps(storage.getObject().cookie(), types.getObject())
                            : bean;
                }

                private boolean isOfEnableWebMvc(String name) {
                    String maker = beans.containsBeanDefinition(name)
                            ? beans.getBeanDefinition(name).getFactoryBeanName()
                            : null;
                    Class<?> type = maker == null ? null : beans.getType(maker);
                    return type != null && WebMvcConfigurationSupport.class.isAssignableFrom(type);
                }
            };
        }

        @Bean
        @ConditionalOnMissingBean(SessionAttributeStore.class)
        SessionModelAttributes sessionModelAttributes(AllowedTypes types) {
            return new SessionModelAttributes(types);
        }

        @Bean
        static BeanPostProcessor sessionAttributeStoreForHandlers(ObjectProvider<SessionAttributeStore> store) {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessBeforeInitialization(Object bean, String name) {
                    if (bean instanceof RequestMappingHandlerAdapter adapter && hasSpringsOwnStore(adapter)) {
                        adapter.setSessionAttributeStore(store.getObject());
                    }
                    return bean;
                }

                private static boolean hasSpringsOwnStore(RequestMappingHandlerAdapter adapter) {
                    Object present = new DirectFieldAccessor(adapter).getPropertyValue("sessionAttributeStore");
                    return present != null && present.getClass() == DefaultSessionAttributeStore.class;
                }
            };
        }
    }

    /** Puts the resolver before Spring MVC's own, which claim a Locale or a ZoneId by its type, whatever its annotation. */
    @Bean
    static BeanPostProcessor currentSessionForHandlers() {
        CurrentSessionArgumentResolver resolver = new CurrentSessionArgumentResolver();
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                if (bean instanceof RequestMappingHandlerAdapter adapter) {
                    adapter.setArgumentResolvers(before(adapter.getArgumentResolvers()));
                    adapter.setInitBinderArgumentResolvers(before(adapter.getInitBinderArgumentResolvers()));
                } else if (bean instanceof HandlerExceptionResolverComposite composite) {
                    composite.getExceptionResolvers().stream()
                            .filter(ExceptionHandlerExceptionResolver.class::isInstance)
                            .map(ExceptionHandlerExceptionResolver.class::cast)
                            .forEach(this::adjust);
                }
                return bean;
            }

            private void adjust(ExceptionHandlerExceptionResolver handlers) {
                HandlerMethodArgumentResolverComposite present = handlers.getArgumentResolvers();
                handlers.setArgumentResolvers(before(present == null ? null : present.getResolvers()));
            }

            private List<HandlerMethodArgumentResolver> before(@Nullable List<HandlerMethodArgumentResolver> others) {
                List<HandlerMethodArgumentResolver> all = new ArrayList<>(List.of(resolver));
                if (others != null) {
                    all.addAll(others);
                }
                return all;
            }
        };
    }
}
