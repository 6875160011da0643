package dev.sessionstorage.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.sessionstorage.Session;
import dev.sessionstorage.web.CurrentSession;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** An application with Spring Data JDBC that adds the starter. */
@SpringBootApplication(proxyBeanMethods = false)
@RestController
class JdbcApplication {

    private final Customers customers;
    private final TransactionTemplate transaction;
    private final HikariDataSource pool;

    JdbcApplication(Customers customers, TransactionTemplate transaction, HikariDataSource pool) {
        this.customers = customers;
        this.transaction = transaction;
        this.pool = pool;
    }

    /** Returns how many connections the request holds after its transaction. */
    @GetMapping("/held")
    int held(@CurrentSession Session session) {
        session.set("customers", transaction.execute(status -> customers.count()));
        return pool.getHikariPoolMXBean().getActiveConnections();
    }

    /** Disables Spring Security, which is only here for other tests of this module. */
    @Bean
    static SecurityFilterChain none(HttpSecurity http) {
        return http.securityMatcher("/no-such-path").build();
    }
}
