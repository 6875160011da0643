package dev.sessionstorage.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.Sessions;
import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.TestDatabases;
import dev.sessionstorage.security.TestBrowser;
import dev.sessionstorage.test.MutableClock;
import dev.sessionstorage.transactions.NotesApplication.Access;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;

/** A browser at the {@link NotesApplication}, and a second connection to its database. */
final class NotesClient implements AutoCloseable {

    final ConfigurableApplicationContext application;
    final DatabaseSettings settings;
    final SessionStorage storage;
    final Sessions sessions;
    final MutableClock clock;
    final HikariDataSource pool;
    private final NotesApplication.Requests requests;
    private final TestBrowser browser;
    private String path = "";

    private NotesClient(DatabaseSettings settings, ConfigurableApplicationContext application) {
        this.settings = settings;
        this.application = application;
        this.storage = application.getBean(SessionStorage.class);
        this.sessions = application.getBean(Sessions.class);
        this.clock = application.getBean(MutableClock.class);
        this.pool = pool(application.getBean(DataSource.class));
        this.requests = application.getBean(NotesApplication.Requests.class);
        this.browser =
                new TestBrowser(application.getEnvironment().getRequiredProperty("local.server.port", int.class));
    }

    static NotesClient start(String database, boolean autoCommit, Routing routing) {
        if (routing.toReplica()) {
            Routing.REPLICA.execute("create table if not exists note (id bigint primary key)");
        }
        DatabaseSettings settings = database.equals("h2") ? TestDatabases.h2() : TestDatabases.postgresql();
        return new NotesClient(
                settings,
                new SpringApplicationBuilder(NotesApplication.class)
                        .initializers(context -> context.getBeanFactory().addBeanPostProcessor(routing))
                        .properties(
                                "server.port=0",
                                "spring.datasource.url=" + settings.url(),
                                "spring.datasource.username=" + settings.username(),
                                "spring.datasource.password=" + settings.password(),
                                "spring.datasource.hikari.maximum-pool-size=1",
                                "spring.datasource.hikari.connection-timeout=3000",
                                "spring.datasource.hikari.auto-commit=" + autoCommit,
                                "spring.jpa.open-in-view=false",
                                "spring.jpa.hibernate.ddl-auto=update",
                                "session.cookie.secrets=0123456789abcdef0123456789abcdef",
                                "session.cleanup.interval=0")
                        .run());
    }

    private static HikariDataSource pool(DataSource dataSource) {
        try {
            return dataSource.unwrap(HikariDataSource.class);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts without notes, and with a session in the browser. */
    void begin(String newPath) {
        settings.execute("delete from note; delete from session_data");
        browser.cookies().clear();
        path = newPath;
        request(session -> {
            session.principal("ada");
            session.set("n", 1);
        });
    }

    /**
     * Advances the clock in a request. The previous request may still be running after its response has arrived, but it has
     * finished when the next one runs.
     */
    void advance(Duration by) {
        request(session -> clock.advance(by));
    }

    /** Runs work in a request of the browser, and rethrows what it throws. */
    void request(Consumer<Session> work) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        requests.work = session -> {
            try {
                work.accept(session);
            } catch (Throwable e) {
                failure.set(e);
            }
        };
        try {
            int status = browser.get(path).statusCode();
            if (failure.get() != null) {
                throw new AssertionError(failure.get());
            }
            assertThat(status).isEqualTo(200);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs work in a request, with a session that the filter does not manage. */
    void directly(Consumer<Session> work) {
        String cookie = TestBrowser.SESSION + "=" + browser.session();
        request(ignored -> work.accept(storage.getSession(cookie)));
    }

    /** Clears the browser's cookies. */
    void forget() {
        browser.cookies().clear();
    }

    void insertNote(Access access, long id) {
        requests.insertNote(access, id);
    }

    void inTransaction(
            Access access, Consumer<DefaultTransactionDefinition> definition, Consumer<TransactionStatus> work) {
        requests.inTransaction(access, definition, work);
    }

    void insertNote(Access access) {
        requests.insertNote(access);
    }

    long countNotes(Access access) {
        return requests.countNotes(access);
    }

    void lockNote(Access access, long id) {
        requests.lockNote(access, id);
    }

    void insertNoteThroughTheView() {
        requests.insertNoteThroughTheView();
    }

    /** Returns the number of notes that another connection sees. */
    long notes() {
        return number("select count(*) from note");
    }

    /** Returns the session's expiry that another connection sees. */
    long expires() {
        return number("select max(expires) from session_data");
    }

    /** Returns the session's attribute that another connection sees. */
    Object stored(String attribute) {
        return number("select count(*) from session_data where data like '%\"" + attribute + "\":2%'") == 1
                ? 2
                : number("select count(*) from session_data where data like '%\"" + attribute + "\":1%'") == 1
                        ? 1
                        : "none";
    }

    private long number(String sql) {
        try (Connection connection = settings.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        application.close();
    }
}
