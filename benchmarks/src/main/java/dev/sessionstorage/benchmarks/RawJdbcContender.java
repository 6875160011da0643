package dev.sessionstorage.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The upper bound for JDBC: prepared statements on the same table. */
final class RawJdbcContender extends RawContender {

    private static final String SELECT =
            "select data, version, principal, created_at, expires from session_data where id = ?";
    private static final String UPDATE = "update session_data set version = version + 1, data = ?, principal = ?,"
            + " created_at = ?, expires = ? where id = ? and version = ? and expires > ?";
    private static final String INSERT =
            "insert into session_data (id, data, version, principal, created_at, expires) values (?, ?, ?, ?, ?, ?)";
    private static final long LIFE = Duration.ofMinutes(30).toMillis();

    private final DataSource dataSource;

    private record Row(String data, long version, @Nullable String principal, long createdAt, long expires) {}

    RawJdbcContender(DataSource dataSource, Map<String, Object> attributes) {
        super(attributes);
        this.dataSource = dataSource;
    }

    @Override
    public String name() {
        return "raw JDBC";
    }

    @Override
    void create(String id, String text) {
        long now = System.currentTimeMillis();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, id);
            statement.setString(2, text);
            statement.setLong(3, 0);
            statement.setString(4, null);
            statement.setLong(5, now);
            statement.setLong(6, now + LIFE);
            check(statement.executeUpdate() == 1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    String text(String id) {
        return row(id).data();
    }

    @Override
    void change(String id, UnaryOperator<String> change) {
        Row row = row(id);
        long now = System.currentTimeMillis();
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(UPDATE)) {
            statement.setString(1, change.apply(row.data()));
            statement.setString(2, row.principal());
            statement.setLong(3, row.createdAt());
            statement.setLong(4, row.expires());
            statement.setString(5, id);
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
}
