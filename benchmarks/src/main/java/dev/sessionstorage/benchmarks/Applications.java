package dev.sessionstorage.benchmarks;

import dev.sessionstorage.jpa.DatabaseSettings;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** Starts the two applications, each with one session library and on a free port. The caller closes them. */
final class Applications {

    static final String SECRET = "a-secret-of-the-benchmarks-0123456789";

    private static final String BOOT = "org.springframework.boot.";
    private static final String SPRING_SESSION = BOOT + "session.autoconfigure.SessionAutoConfiguration,";
    private static final String SPRING_SESSION_JDBC = BOOT + "session.jdbc.autoconfigure.JdbcSessionAutoConfiguration,";
    private static final String SPRING_SESSION_REDIS =
            BOOT + "session.data.redis.autoconfigure.SessionDataRedisAutoConfiguration,";
    private static final String JPA = BOOT + "hibernate.autoconfigure.HibernateJpaAutoConfiguration," + BOOT
            + "data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration,";
    private static final String DATA_SOURCE = BOOT + "jdbc.autoconfigure.DataSourceAutoConfiguration,";
    private static final String OURS = "dev.sessionstorage.autoconfigure.JpaSessionAutoConfiguration,"
            + "dev.sessionstorage.autoconfigure.RedisSessionAutoConfiguration,"
            + "dev.sessionstorage.autoconfigure.SessionAutoConfiguration,"
            + "dev.sessionstorage.autoconfigure.SessionMetricsAutoConfiguration,"
            + "dev.sessionstorage.autoconfigure.SessionWebAutoConfiguration,";

    private Applications() {}

    static ServletWebServerApplicationContext sessionStorage(DatabaseSettings database) {
        return start(
                SessionStorageApplication.class,
                SPRING_SESSION + SPRING_SESSION_JDBC + SPRING_SESSION_REDIS,
                database(database),
                List.of("session.jpa.initialize-schema=always", "session.cleanup.interval=0"));
    }

    static ServletWebServerApplicationContext springSession(DatabaseSettings database) {
        return start(
                SpringSessionApplication.class,
                OURS + JPA + SPRING_SESSION_REDIS,
                database(database),
                List.of("spring.session.jdbc.initialize-schema=always", "spring.session.jdbc.cleanup-cron=-"));
    }

    static ServletWebServerApplicationContext sessionStorage(String redisHost, int redisPort) {
        return start(
                SessionStorageApplication.class,
                SPRING_SESSION + SPRING_SESSION_JDBC + SPRING_SESSION_REDIS + JPA + DATA_SOURCE,
                redis(redisHost, redisPort),
                List.of("session.repository=redis"));
    }

    static ServletWebServerApplicationContext springSession(String redisHost, int redisPort) {
        return start(
                SpringSessionApplication.class,
                OURS + JPA + DATA_SOURCE + SPRING_SESSION_JDBC,
                redis(redisHost, redisPort),
                List.of());
    }

    private static List<String> database(DatabaseSettings database) {
        return List.of(
                "spring.datasource.url=" + database.url(),
                "spring.datasource.username=" + database.username(),
                "spring.datasource.password=" + database.password(),
                "spring.datasource.hikari.maximum-pool-size=" + HttpPart.CONNECTIONS);
    }

    private static List<String> redis(String host, int port) {
        return List.of("spring.data.redis.host=" + host, "spring.data.redis.port=" + port);
    }

    private static ServletWebServerApplicationContext start(
            Class<?> application, String excluded, List<String> store, List<String> more) {
        List<String> properties = new ArrayList<>(List.of(
                "server.port=0",
                "server.tomcat.max-keep-alive-requests=-1",
                "logging.level.root=warn",
                "spring.main.banner-mode=off",
                "spring.jmx.enabled=false",
                "session.cookie.secrets=" + SECRET,
                "spring.autoconfigure.exclude=" + excluded.substring(0, excluded.length() - 1)));
        properties.addAll(store);
        properties.addAll(more);
        return (ServletWebServerApplicationContext) new SpringApplication(application)
                .run(properties.stream().map(property -> "--" + property).toArray(String[]::new));
    }
}
