package dev.sessionstorage.jpa;

import dev.sessionstorage.ExpiredSessionRepository;
import dev.sessionstorage.PrincipalSessionRepository;
import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.LockMode;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * Keeps sessions in the table {@code session_data}, under the hashes of their ids, outside Hibernate's persistence context and
 * its caches: no read is stale, and no entity of the application is flushed.
 *
 * <p>Each callback is one statement in one round trip. If the pool hands out connections without auto-commit, the commit is a
 * second one.
 *
 * <p>If the thread already holds a database connection, in a transaction or through open-session-in-view, the callbacks use
 * that one, so a request never needs two. They take part in a transaction: others see their writes once it commits, a rollback
 * undoes them, and its isolation level decides what they see. In a read-only transaction a write throws
 * {@link UnsupportedOperationException} before it touches the transaction; an extension is left for later instead.
 *
 * <p>Any failure of the database is a {@link jakarta.persistence.PersistenceException}. If the caller's own transaction has
 * failed, the exception is what {@link HeldConnections#translated} returns.
 */
public final class JpaSessionDataRepository implements ExpiredSessionRepository, PrincipalSessionRepository {

    private static final String FIND_BY_PRINCIPAL = "select r from SessionStorageRecord r"
            + " where r.principal = :principal and r.expires > :now order by r.createdAt, r.id";
    private static final String FIND_EXPIRED = "select r.id from SessionStorageRecord r where r.expires <= :now";

    /** Prefixes a rotated id. A row under the hash of both is its marker, with a version that no update can have read. */
    private static final String MOVED = "moved:";

    private static final long NO_VERSION = -1;

    /** Equals no hash, because it is shorter. An empty text would be null in Oracle, and {@code <>} would match no row. */
    private static final String NO_HASH = "none";

    private final Clock clock;
    private final ConnectionSharing connections;
    private final SessionStatements statements;
    private final String table;

    /**
     * Creates a repository that never takes part in the caller's transaction.
     *
     * @param factory a session factory that knows the classes of {@link #managedClassNames()}
     * @param clock the clock that decides what has expired
     */
    public JpaSessionDataRepository(SessionFactory factory, Clock clock) {
        this(factory, clock, () -> null);
    }

    /**
     * Creates a repository that uses the connection which the calling thread holds.
     *
     * @param factory a session factory that knows the classes of {@link #managedClassNames()}
     * @param clock the clock that decides what has expired
     * @param held finds that connection, by {@link HeldConnection#find} if the thread has a Hibernate session
     */
    public JpaSessionDataRepository(SessionFactory factory, Clock clock, HeldConnections held) {
        this.clock = clock;
        this.connections = new ConnectionSharing(factory, held);
        this.statements = SessionStatements.of(factory);
        this.table = SessionStatements.tableName(factory);
    }

    /**
     * The entity classes that the session factory must know, for a persistence unit that lists its classes.
     *
     * @return fully qualified class names
     */
    public static List<String> managedClassNames() {
        return List.of(SessionRecord.class.getName());
    }

    /**
     * The capacity of the column that holds a session's data. It reads the table's columns, but no row.
     *
     * @return the capacity in characters, or 0 if the database does not tell it
     */
    public int maxDataLength() {
        return connections.read(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(statements.select())) {
                statement.setString(1, NO_HASH);
                try (ResultSet none = statement.executeQuery()) {
                    return Math.max(0, none.getMetaData().getPrecision(1));
                }
            }
        });
    }

    @Override
    public String createData(SessionData data, Instant expires) {
        String id = SessionId.create();
        execute(
                statements.insert(),
                SessionId.hash(id),
                data.toJson(),
                data.version(),
                data.principal(),
                data.createdAt().toEpochMilli(),
                expires.toEpochMilli());
        return id;
    }

    @Override
    public @Nullable SessionData readData(String id) {
        String hash = SessionId.hash(id);
        SessionData stored = unexpired(hash);
        return stored == null || stored.version() == NO_VERSION ? null : stored;
    }

    private @Nullable SessionData unexpired(String hash) {
        SessionData stored = connections.read(connection -> select(connection, hash));
        return stored == null || stored.expires().toEpochMilli() <= clock.millis() ? null : stored;
    }

    @Override
    public boolean updateData(String id, SessionData data, Instant expires) {
        return changesOne(
                statements.update(),
                data.toJson(),
                data.principal(),
                data.createdAt().toEpochMilli(),
                expires.toEpochMilli(),
                SessionId.hash(id),
                data.version(),
                writable());
    }

    /** A record that expires after this time, in milliseconds of the epoch, can still be written. */
    private long writable() {
        return clock.millis() - GRACE.toMillis();
    }

    @Override
    public boolean extendData(String id, SessionData data, Instant expires) {
        return connections.writeIfPossible(
                connection -> execute(
                                connection,
                                statements.extend(),
                                expires.toEpochMilli(),
                                SessionId.hash(id),
                                data.version(),
                                writable())
                        == 1,
                false);
    }

    @Override
    public @Nullable String rotateData(String id, SessionData data, Instant expires) {
        String newId = SessionId.create();
        Object[] rotation = {
            SessionId.hash(newId),
            data.toJson(),
            data.principal(),
            data.createdAt().toEpochMilli(),
            expires.toEpochMilli(),
            SessionId.hash(id),
            data.version(),
            writable()
        };
        boolean rotated = rotate(rotation, SessionId.hash(MOVED + id)) == 1;
        return rotated ? newId : null;
    }

    /** Moves a record and inserts a marker under the old id, both or neither. */
    private int rotate(@Nullable Object[] rotation, String hash) {
        long now = clock.millis();
        long movedUntil = now + MOVED_FOR.toMillis();
        String both = statements.rotateAndMark();
        if (both != null) {
            Object[] mark = {hash, "moved", NO_VERSION, now, movedUntil};
            @Nullable Object[] parameters = Arrays.copyOf(rotation, rotation.length + mark.length);
            System.arraycopy(mark, 0, parameters, rotation.length, mark.length);
            return execute(both, parameters);
        }
        return connections.write(connection -> ConnectionSharing.inTransaction(connection, shared -> {
            int rotated = execute(shared, statements.rotate(), rotation);
            return rotated == 0
                    ? 0
                    : execute(shared, statements.insert(), hash, "moved", NO_VERSION, null, now, movedUntil);
        }));
    }

    @Override
    public boolean isMoved(String id) {
        return unexpired(SessionId.hash(MOVED + id)) != null;
    }

    @Override
    public void deleteData(String id) {
        execute(statements.delete(), SessionId.hash(id));
    }

    @Override
    public Map<String, SessionData> findByPrincipal(String principal) {
        if (!PrincipalSessionRepository.isPrincipal(principal)) {
            return Map.of();
        }
        List<SessionRecord> alike =
                connections.query(session -> session.createSelectionQuery(FIND_BY_PRINCIPAL, SessionRecord.class)
                        .setParameter("principal", principal)
                        .setParameter("now", clock.millis())
                        .getResultList());
        Map<String, SessionData> found = new LinkedHashMap<>();
        for (SessionRecord stored : alike) {
            SessionData data = stored.toData();
            // The column's collation may treat other names as equal.
            if (principal.equals(data.principal())) {
                found.put(stored.hash(), data);
            }
        }
        return found;
    }

    @Override
    public boolean deleteByHandle(String principal, String handle) {
        return SessionId.isHash(handle) && deleteOfPrincipal(statements.deleteOneOfPrincipal(), principal, handle) == 1;
    }

    @Override
    public int deleteByPrincipal(String principal, @Nullable String exceptHandle) {
        String kept = exceptHandle == null || !SessionId.isHash(exceptHandle) ? NO_HASH : exceptHandle;
        int deleted = deleteOfPrincipal(statements.deleteOthersOfPrincipal(), principal, kept);
        if (!statements.deleteFollowsRows()) {
            // A session may have moved, during the first delete, to a place that the delete had already passed.
            deleted += deleteOfPrincipal(statements.deleteOthersOfPrincipal(), principal, kept);
        }
        return deleted;
    }

    @Override
    public boolean writesAreFinal() {
        return connections.takesOwnConnection();
    }

    @Override
    public void ifUndone(Runnable action) {
        connections.ifUndone(action);
    }

    @Override
    public boolean isOfTransaction(RuntimeException failure) {
        return connections.isOfTransaction(failure);
    }

    /** After a conflict it leaves the rest to the other nodes, which go on. */
    @Override
    public int deleteExpired(int limit) {
        try {
            return deleteBatch(limit);
        } catch (RuntimeException e) {
            if (Retries.isConflict(e)) {
                return 0;
            }
            throw e;
        }
    }

    private int deleteBatch(int limit) {
        PostgresqlCleanup cleanup = statements.cleanup();
        return cleanup == null
                ? connections.inOwnTransaction(session -> deleteExpired(session, limit))
                : connections.onOwnConnection(
                        connection -> cleanup.deleteExpired(connection, clock.millis() - MARGIN.toMillis(), limit));
    }

    /** Deletes by primary key, one by one in a batch. Given a list of keys, MariaDB may scan and lock the whole table. */
    private int deleteExpired(StatelessSession session, int limit) {
        List<SessionRecord> expired = session
                .createSelectionQuery(FIND_EXPIRED, String.class)
                .setParameter("now", clock.millis() - MARGIN.toMillis())
                .setMaxResults(limit)
                .setHibernateLockMode(LockMode.UPGRADE_SKIPLOCKED)
                .stream()
                .map(SessionRecord::new)
                .toList();
        session.deleteMultiple(expired);
        return expired.size();
    }

    private int deleteOfPrincipal(String sql, String principal, String handle) {
        return PrincipalSessionRepository.isPrincipal(principal)
                ? execute(sql, principal, principal, writable(), handle)
                : 0;
    }

    private boolean changesOne(String sql, @Nullable Object... parameters) {
        return execute(sql, parameters) == 1;
    }

    private @Nullable SessionData select(Connection connection, String hash) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(statements.select())) {
            statement.setString(1, hash);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? SessionData.fromJson(
                                row.getString(1),
                                row.getLong(2),
                                Instant.ofEpochMilli(row.getLong(4)),
                                row.getString(3),
                                Instant.ofEpochMilli(row.getLong(5)))
                        : null;
            }
        }
    }

    private int execute(String sql, @Nullable Object... parameters) {
        return connections.write(connection -> execute(connection, sql, parameters));
    }

    /** Binds each parameter as long or text, null included: a driver would prepare the statement again for another type. */
    private static int execute(Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                if (parameters[i] instanceof Long number) {
                    statement.setLong(i + 1, number);
                } else {
                    statement.setString(i + 1, (String) parameters[i]);
                }
            }
            return statement.executeUpdate();
        }
    }

    @Override
    public String toString() {
        return "JpaSessionDataRepository[table=" + table + "]";
    }
}
