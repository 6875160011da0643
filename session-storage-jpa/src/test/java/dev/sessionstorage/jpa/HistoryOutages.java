package dev.sessionstorage.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** Breaks a connection of a PostgreSQL database now and then, whether or not a statement is running. */
final class HistoryOutages implements AutoCloseable {

    private static final long PAUSE_MILLIS = 50;
    /** Prefers a working connection: "active" sorts before "idle". */
    private static final String BREAK_ONE = "select pg_terminate_backend(pid) from pg_stat_activity"
            + " where datname = current_database() and pid <> pg_backend_pid() order by state, random() limit 1";

    /** Silenced, because the pool warns of each broken connection. */
    private static final Logger POOL_LOG = (Logger) LoggerFactory.getLogger("com.zaxxer.hikari.pool");

    private final CountDownLatch enough = new CountDownLatch(1);
    private final CompletableFuture<Integer> broken;

    private HistoryOutages(DatabaseSettings settings) {
        POOL_LOG.setLevel(Level.ERROR);
        this.broken = CompletableFuture.supplyAsync(() -> breakUntilEnough(settings));
    }

    static HistoryOutages on(DatabaseSettings settings) {
        return new HistoryOutages(settings);
    }

    void assertThatThereWereSome() {
        close();
        assertThat(broken.join()).isPositive();
    }

    @Override
    public void close() {
        enough.countDown();
        broken.join();
        POOL_LOG.setLevel(null);
    }

    private int breakUntilEnough(DatabaseSettings settings) {
        int count = 0;
        try (Connection connection = settings.connect();
                PreparedStatement statement = connection.prepareStatement(BREAK_ONE)) {
            while (!enough.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                try (ResultSet result = statement.executeQuery()) {
                    count += result.next() ? 1 : 0;
                }
            }
            return count;
        } catch (SQLException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
