package dev.sessionstorage.transactions;

import dev.sessionstorage.Session;
import dev.sessionstorage.test.MutableClock;
import dev.sessionstorage.web.CurrentSession;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.LockModeType;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.data.annotation.Id;
import org.springframework.data.jdbc.core.JdbcAggregateTemplate;
import org.springframework.data.jdbc.repository.config.AbstractJdbcConfiguration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.support.OpenEntityManagerInViewInterceptor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * An application whose requests run the work that a test supplies: under {@code /view} with an open view, elsewhere without.
 */
@SpringBootApplication(proxyBeanMethods = false)
class NotesApplication {

    @Bean
    MutableClock clock() {
        return new MutableClock();
    }

    /** Disables Spring Security, which is only here for other tests of this module. */
    @Bean
    SecurityFilterChain none(HttpSecurity http) {
        return http.securityMatcher("/no-such-path").build();
    }

    @Bean
    @Primary
    JpaTransactionManager jpa(EntityManagerFactory factory) {
        JpaTransactionManager manager = new JpaTransactionManager(factory);
        manager.setNestedTransactionAllowed(true);
        return manager;
    }

    @Bean
    JdbcTransactionManager jdbc(DataSource dataSource) {
        return new JdbcTransactionManager(dataSource);
    }

    @Bean
    DataSourceTransactionManager plainJdbc(DataSource dataSource) {
        return new DataSourceTransactionManager(dataSource);
    }

    @Bean
    OpenViews openViews(EntityManagerFactory factory) {
        return new OpenViews(factory);
    }

    /** Registers the interceptor that Spring Boot registers for all paths. */
    static final class OpenViews implements WebMvcConfigurer {

        private final OpenEntityManagerInViewInterceptor interceptor = new OpenEntityManagerInViewInterceptor();

        OpenViews(EntityManagerFactory factory) {
            interceptor.setEntityManagerFactory(factory);
        }

        @Override
        public void addInterceptors(InterceptorRegistry registry) {
            registry.addWebRequestInterceptor(interceptor).addPathPatterns("/view");
        }
    }

    /** A way to begin a transaction and to use the database in it. */
    enum Access {
        JPA("jpa"),
        JDBC_TEMPLATE_IN_A_TRANSACTION_OF_JPA("jpa"),
        JDBC_TEMPLATE("jdbc"),
        SPRING_DATA_JDBC("plainJdbc");

        private final String manager;

        Access(String manager) {
            this.manager = manager;
        }

        boolean isJpa() {
            return manager.equals("jpa");
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SpringDataJdbc extends AbstractJdbcConfiguration {

        /** The same table as Spring Data JDBC sees it. */
        record Note(@Id long id) {}
    }

    @RestController
    static class Requests {

        private static final AtomicLong IDS = new AtomicLong(1000);

        private final EntityManager entities;
        private final JdbcTemplate jdbc;
        private final JdbcAggregateTemplate aggregates;
        private final Map<String, PlatformTransactionManager> managers;

        volatile Consumer<Session> work = session -> {};

        Requests(
                EntityManager entities,
                JdbcTemplate jdbc,
                JdbcAggregateTemplate aggregates,
                Map<String, PlatformTransactionManager> managers) {
            this.entities = entities;
            this.jdbc = jdbc;
            this.aggregates = aggregates;
            this.managers = managers;
        }

        @GetMapping({"/view", "/plain"})
        String run(@CurrentSession Session session) {
            work.accept(session);
            return "done";
        }

        void inTransaction(
                Access access, Consumer<DefaultTransactionDefinition> settings, Consumer<TransactionStatus> inside) {
            TransactionTemplate template =
                    new TransactionTemplate(Objects.requireNonNull(managers.get(access.manager)));
            settings.accept(template);
            template.executeWithoutResult(inside);
        }

        void insertNote(Access access) {
            insertNote(access, IDS.incrementAndGet());
        }

        void insertNote(Access access, long id) {
            switch (access) {
                case JPA -> {
                    entities.persist(new Note(id));
                    entities.flush();
                }
                case SPRING_DATA_JDBC -> aggregates.insert(new SpringDataJdbc.Note(id));
                default -> jdbc.update("insert into note (id) values (?)", id);
            }
        }

        long countNotes(Access access) {
            return switch (access) {
                case JPA ->
                    entities.createQuery("select count(n) from Note n", Long.class)
                            .getSingleResult();
                case SPRING_DATA_JDBC -> aggregates.count(SpringDataJdbc.Note.class);
                default ->
                    Objects.requireNonNull(jdbc.queryForObject("select count(*) from note where 1 = 1", Long.class));
            };
        }

        void lockNote(Access access, long id) {
            if (access == Access.JPA) {
                entities.find(Note.class, id, LockModeType.PESSIMISTIC_WRITE);
            } else {
                jdbc.queryForList("select id from note where id = ? for update", id);
            }
        }

        void insertNoteThroughTheView() {
            entities.unwrap(org.hibernate.Session.class).doWork(connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("insert into note (id) values (" + IDS.incrementAndGet() + ")");
                }
            });
        }
    }
}
