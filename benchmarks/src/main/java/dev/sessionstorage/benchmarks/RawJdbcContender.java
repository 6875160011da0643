package dev.sessionstorage.benchmarks;

import dev.sessionstorage.SessionId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The limit: prepared statements on the same table, with nothing around them. */
final class RawJdbcContender implements Contender {

    private static final String SELECT =
            "select data, version, principal, created_at, expires from session_data where id = ?";
    private static final String UPDATE = "update session_data set version = version + 1, data = ?, principal = ?,"
            + " created_at = ?, expires = ? where id = ? and version = ? and expires > ?";
    private static final String INSERT =
            "insert into session_data (id, data, version, principal, created_at, expires) values (?, ?, ?, ?, ?, ?)";
    private static final long LIFE = Duration.ofMinutes(30).toMillis();

    private final DataSource dataSource;
    private final String json;

    private record Row(String data, long version, @Nullable String principal, long createdAt, long expires) {}

    RawJdbcContender(DataSource dataSource, Map<String, Object> attributes) {
        this.dataSource = dataSource;
        this.json = JsonMapper.shared().writeValueAsString(attributes);
    }

    @Override
    public String name() {
        return "raw JDBC";
    }

    @Override
    public String create() {
        String id = SessionId.create();
        long now = System.currentTimeMillis();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, id);
            statement.setString(2, json);
            statement.setLong(3, 0);
            statement.setString(4, null);
            statement.setLong(5, now);
            statement.setLong(6, now + LIFE);
            check(statement.executeUpdate() == 1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return id;
    }

    @Override
    public void read(String key) {
        row(key);
    }

    /** The other attributes stay what they are, so the text is known. */
    @Override
    public void change(String key, long number) {
        Row row = row(key);
        long now = System.currentTimeMillis();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(UPDATE)) {
            statement.setString(1, json);
            statement.setString(2, row.principal());
            statement.setLong(3, row.createdAt());
            statement.setLong(4, row.expires());
            statement.setString(5, key);
            statement.setLong(6, row.version());
            statement.setLong(7, now);
            check(statement.executeUpdate() == 1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Row row(String id) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(SELECT)) {
            statement.setString(1, id);
            try (ResultSet result = statement.executeQuery()) {
                check(result.next());
                return new Row(
                        result.getString(1),
                        result.getLong(2),
                        result.getString(3),
                        result.getLong(4),
                        result.getLong(5));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void check(boolean done) {
        if (!done) {
            throw new IllegalStateException("The session is gone");
        }
    }
}
