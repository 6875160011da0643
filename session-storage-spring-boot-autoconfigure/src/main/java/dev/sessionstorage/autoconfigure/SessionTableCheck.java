package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.autoconfigure.SessionProperties.InitializeSchema;
import dev.sessionstorage.jpa.JpaSessionDataRepository;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.unit.DataSize;

/** Fails the startup, and not the first request, if the table is missing or too narrow for the largest session. */
final class SessionTableCheck {

    private static final String CREATE = "create it with the script for your database from the package"
            + " dev.sessionstorage.jpa in session-storage-jpa's jar, or the ready Flyway and Liquibase changes under"
            + " db/session-storage there.";

    private SessionTableCheck() {}

    static void check(JpaSessionDataRepository repository, SessionProperties.Jpa properties, DataSize maxSize) {
        int length = maxDataLength(repository, properties);
        // A character takes at least one byte.
        if (length > 0 && maxSize.toBytes() > length) {
            throw new SessionStartupException(
                    "session.max-size is " + maxSize.toBytes() + " bytes, but the data of a session in the table '"
                            + properties.tableName() + "' may have " + length + " characters.",
                    "Set session.max-size to " + length + "B or less, or widen the table's column.");
        }
    }

    /** Replaces Hibernate's own failure, which does not say how to create the table. */
    static SessionStartupException missing(SessionProperties.Jpa properties) {
        return new SessionStartupException(
                "The table '" + properties.tableName() + "' of the sessions is missing.",
                action(properties.initializeSchema()));
    }

    private static int maxDataLength(JpaSessionDataRepository repository, SessionProperties.Jpa properties) {
        try {
            return repository.maxDataLength();
        } catch (RuntimeException e) {
            throw new SessionStartupException(
                    "The table '" + properties.tableName() + "' of the sessions cannot be read: "
                            + NestedExceptionUtils.getMostSpecificCause(e).getMessage(),
                    action(properties.initializeSchema()),
                    e);
        }
    }

    private static String action(InitializeSchema mode) {
        return switch (mode) {
            case ALWAYS ->
                "If another table has that name, set session.jpa.table-name to a name of its own. If there is none,"
                        + " the jar has no script for your database: create it as those in the package"
                        + " dev.sessionstorage.jpa of session-storage-jpa do, or let Hibernate, with"
                        + " spring.jpa.hibernate.ddl-auto=update.";
            case EMBEDDED, NEVER -> "If it is missing, set session.jpa.initialize-schema=always, or " + CREATE;
        };
    }
}
