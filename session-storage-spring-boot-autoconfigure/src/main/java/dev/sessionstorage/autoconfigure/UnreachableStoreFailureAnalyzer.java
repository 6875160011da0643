package dev.sessionstorage.autoconfigure;

import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/** Reports that this project's beans failed to start because the database or Redis is unreachable. */
final class UnreachableStoreFailureAnalyzer implements FailureAnalyzer {

    /**
     * The SQLSTATE classes for connection errors, authorization errors and unknown databases (SQL:2016, 24.1), and the class of
     * PostgreSQL's "cannot connect now".
     */
    private static final Set<String> STATES = Set.of("08", "28", "3D", "57");

    private static final Set<String> REDIS = Set.of(
            "io.lettuce.core.RedisConnectionException",
            "org.springframework.data.redis.RedisConnectionFailureException");

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        boolean ours = false;
        Throwable database = null;
        Throwable redis = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            ours |= isOurs(cause);
            database = isDatabase(cause) ? cause : database;
            redis = REDIS.contains(cause.getClass().getName()) ? cause : redis;
        }
        if (ours && database != null) {
            return new FailureAnalysis(
                    "The database that keeps the sessions cannot be reached: " + database.getMessage(),
                    "Start the database, or correct spring.datasource.url, spring.datasource.username and"
                            + " spring.datasource.password. To do without it for a while, keep the sessions in memory:"
                            + " session.repository=memory.",
                    database);
        }
        if (ours && redis != null) {
            return new FailureAnalysis(
                    "The Redis that keeps the sessions cannot be reached: " + rootMessage(redis),
                    "Start Redis, or correct spring.data.redis.*. To do without it for a while, keep the sessions in"
                            + " memory: session.repository=memory.",
                    redis);
        }
        return null;
    }

    private static boolean isOurs(Throwable cause) {
        String origin = cause instanceof BeanCreationException creation ? creation.getResourceDescription() : null;
        return origin != null && origin.contains("dev/sessionstorage/");
    }

    /** Without a connection, Hibernate hides the cause and reports only a missing dialect. */
    private static boolean isDatabase(Throwable cause) {
        if (!(cause instanceof SQLException sql)) {
            return String.valueOf(cause.getMessage()).startsWith("Unable to determine Dialect without JDBC metadata");
        }
        String state = sql.getSQLState();
        return sql instanceof SQLTransientConnectionException
                || sql instanceof SQLNonTransientConnectionException
                || sql instanceof SQLInvalidAuthorizationSpecException
                || (state != null && state.length() > 1 && STATES.contains(state.substring(0, 2)));
    }

    private static @Nullable String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }
}
