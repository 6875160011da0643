package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.jpa.JpaSessionDataRepository;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.integrator.spi.Integrator;
import org.hibernate.jpa.boot.spi.IntegratorProvider;
import org.hibernate.jpa.boot.spi.JpaSettings;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.orm.jpa.AbstractEntityManagerFactoryBean;
import org.springframework.util.ClassUtils;

/**
 * Adds the session entity to the entity manager factory that stores sessions, whether Boot or the application creates it and
 * whatever the application's entity scan covers.
 */
final class SessionEntity implements BeanPostProcessor {

    private final ConfigurableListableBeanFactory beans;
    private boolean added;

    SessionEntity(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        if (bean instanceof AbstractEntityManagerFactoryBean factory && beanName.equals(factoryName())) {
            SessionProperties properties = beans.getBean(SessionProperties.class);
            addTo(factory.getJpaPropertyMap(), new SessionMapping(properties.jpa(), factory::getDataSource));
            added = true;
        }
        return bean;
    }

    private static void addTo(Map<String, Object> hibernate, Integrator mapping) {
        List<Object> classes = new ArrayList<>();
        if (hibernate.get(AvailableSettings.LOADED_CLASSES) instanceof List<?> present) {
            classes.addAll(present);
        }
        classes.add(
                ClassUtils.resolveClassName(SessionMapping.ENTITY, JpaSessionDataRepository.class.getClassLoader()));
        hibernate.put(AvailableSettings.LOADED_CLASSES, classes);
        IntegratorProvider own = integrators(hibernate.get(JpaSettings.INTEGRATOR_PROVIDER));
        hibernate.put(JpaSettings.INTEGRATOR_PROVIDER, (IntegratorProvider) () ->
                Stream.concat(own.getIntegrators().stream(), Stream.of(mapping)).toList());
    }

    /** Resolves the application's setting: a provider, its class, or its class name. */
    private static IntegratorProvider integrators(@Nullable Object setting) {
        if (setting == null) {
            return List::of;
        }
        if (setting instanceof IntegratorProvider provider) {
            return provider;
        }
        Class<?> type = setting instanceof Class<?> given
                ? given
                : ClassUtils.resolveClassName(setting.toString(), ClassUtils.getDefaultClassLoader());
        return (IntegratorProvider) BeanUtils.instantiateClass(type);
    }

    /** Returns the factory that stores sessions. */
    EntityManagerFactory factory() {
        String name = factoryName();
        EntityManagerFactory factory = beans.getBean(name, EntityManagerFactory.class);
        if (!isHibernates(factory)) {
            throw new SessionStartupException(
                    "The entity manager factory '" + name + "' is not Hibernate's.",
                    "Make it with Hibernate, or set session.repository to another store.");
        }
        if (!added) {
            checkOwn(name, factory);
        }
        return factory;
    }

    /**
     * Checks a factory that Spring's factory beans did not create: only the application can have added the entity and its
     * table.
     */
    private void checkOwn(String name, EntityManagerFactory factory) {
        if (!knowsEntity(factory)) {
            throw new SessionStartupException(
                    "The entity manager factory '" + name
                            + "' does not know the sessions' entity, which is added to those"
                            + " of Spring's factory beans only.",
                    "Make it with a LocalContainerEntityManagerFactoryBean, or list"
                            + " JpaSessionDataRepository.managedClassNames() among the classes of its persistence unit.");
        }
        String table = beans.getBean(SessionProperties.class).jpa().tableName();
        if (!table.equals(SessionTable.DEFAULT_NAME)) {
            throw new SessionStartupException(
                    "session.jpa.table-name is '" + table + "', but the entity manager factory '" + name
                            + "' has its mapping already, since it is not made by one of Spring's factory beans.",
                    "Make it with a LocalContainerEntityManagerFactoryBean, or remove session.jpa.table-name.");
        }
    }

    private static boolean isHibernates(EntityManagerFactory factory) {
        try {
            factory.unwrap(SessionFactoryImplementor.class);
            return true;
        } catch (PersistenceException | ClassCastException e) {
            return false;
        }
    }

    private static boolean knowsEntity(EntityManagerFactory factory) {
        return factory.unwrap(SessionFactoryImplementor.class)
                        .getMappingMetamodel()
                        .findEntityDescriptor(SessionMapping.ENTITY)
                != null;
    }

    /** Returns the name of the bean that an injection point of type {@link EntityManagerFactory} would get. */
    private String factoryName() {
        List<String> names = Stream.of(beans.getBeanNamesForType(EntityManagerFactory.class, true, false))
                .filter(name -> is(name, SessionEntity::isCandidate))
                .toList();
        List<Predicate<BeanDefinition>> preferences =
                List.of(definition -> true, BeanDefinition::isPrimary, definition -> !definition.isFallback());
        for (Predicate<BeanDefinition> preference : preferences) {
            List<String> preferred =
                    names.stream().filter(name -> is(name, preference)).toList();
            if (preferred.size() == 1) {
                return preferred.get(0);
            }
        }
        throw new SessionStartupException(
                "There are " + names.size() + " entity manager factories, " + String.join(", ", names)
                        + ", and none of them is primary, so it is unclear which one stores the sessions.",
                "Mark one with @Primary, or those that are not to keep them with @Bean(defaultCandidate = false), or"
                        + " set session.repository to another store.");
    }

    private boolean is(String name, Predicate<BeanDefinition> test) {
        return !beans.containsBeanDefinition(name) || test.test(beans.getMergedBeanDefinition(name));
    }

    private static boolean isCandidate(BeanDefinition definition) {
        return definition.isAutowireCandidate()
                && (!(definition instanceof AbstractBeanDefinition bean) || bean.isDefaultCandidate());
    }
}
