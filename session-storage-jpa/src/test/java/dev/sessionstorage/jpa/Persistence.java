package dev.sessionstorage.jpa;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;

/** A connection pool and a session factory on a database that has the session table. */
final class Persistence implements AutoCloseable {

    final DatabaseSettings settings;
    final CountingDataSource dataSource;
    final SessionFactory factory;
    private final HikariDataSource pool;

    private Persistence(DatabaseSettings settings, HikariDataSource pool, Map<String, Object> properties) {
        this.settings = settings;
        this.pool = pool;
        this.dataSource = new CountingDataSource(pool);
        Configuration configuration = new Configuration();
        configuration.getProperties().putAll(properties);
        configuration.getProperties().put("hibernate.connection.datasource", dataSource);
        this.factory = configuration
                .addAnnotatedClass(SessionRecord.class)
                .addAnnotatedClass(Note.class)
                .buildSessionFactory();
    }

    static Persistence on(DatabaseSettings settings) {
        return on(settings, pool -> {}, Map.of());
    }

    static Persistence on(DatabaseSettings settings, Consumer<HikariConfig> poolSettings) {
        return on(settings, poolSettings, Map.of());
    }

    static Persistence on(
            DatabaseSettings settings, Consumer<HikariConfig> poolSettings, Map<String, Object> properties) {
        settings.execute(schema(settings.vendor()));
        settings.execute("create table if not exists note (id bigint not null primary key, text varchar(255))");
        return open(settings, poolSettings, properties);
    }

    /** On a database that has the session table, or gets it from Hibernate. */
    static Persistence existing(DatabaseSettings settings, Map<String, Object> properties) {
        settings.execute("create table if not exists note (id bigint not null primary key, text varchar(255))");
        return open(settings, pool -> {}, properties);
    }

    private static Persistence open(
            DatabaseSettings settings, Consumer<HikariConfig> poolSettings, Map<String, Object> properties) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(settings.url());
        config.setUsername(settings.username());
        config.setPassword(settings.password());
        config.setMaximumPoolSize(4);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(2_000);
        poolSettings.accept(config);
        return new Persistence(settings, new HikariDataSource(config), properties);
    }

    static String schema(String vendor) {
        return resource("dev/sessionstorage/jpa/schema-" + vendor + ".sql");
    }

    static String resource(String name) {
        try (InputStream in = Persistence.class.getClassLoader().getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The number of connections in use. */
    int activeConnections() {
        return pool.getHikariPoolMXBean().getActiveConnections();
    }

    int threadsThatWaitForAConnection() {
        return pool.getHikariPoolMXBean().getThreadsAwaitingConnection();
    }

    @Override
    public void close() {
        factory.close();
        pool.close();
    }
}
