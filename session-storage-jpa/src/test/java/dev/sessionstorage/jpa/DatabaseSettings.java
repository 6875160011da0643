package dev.sessionstorage.jpa;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** How to connect to a test database. */
public record DatabaseSettings(String url, String username, String password) {

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url, username, password);
    }

    /** Runs each statement of a script whose statements end with a semicolon. */
    public void execute(String script) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : script.split(";", -1)) {
                if (!sql.isBlank()) {
                    statement.execute(sql);
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The vendor as Spring Boot and this module's scripts name it: h2, mariadb or postgresql. */
    public String vendor() {
        return URI.create(url.substring("jdbc:".length())).getScheme();
    }

    /** The server's port; an in-memory database has none. */
    public int port() {
        return server().getPort();
    }

    /** The same database through another port of this machine. */
    public DatabaseSettings withPort(int port) {
        String proxied = url.replace(server().getAuthority(), "localhost:" + port);
        return new DatabaseSettings(proxied, username, password);
    }

    private URI server() {
        return URI.create(url.substring("jdbc:".length()));
    }
}
