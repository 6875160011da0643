package dev.sessionstorage.jpa;

import org.hibernate.SessionFactory;
import org.hibernate.dialect.Dialect;
import org.hibernate.dialect.H2Dialect;
import org.hibernate.dialect.MySQLDialect;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.AbstractEntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * The SQL statements that read one row and change the table, with the names of the mapping. Hibernate would translate an HQL
 * update again each time, which takes longer than a nearby database takes to run it. Reading an entity would cost a second
 * session.
 *
 * @param select parameter: id; columns: data, version, principal, created at, expires
 * @param insert parameters: id, data, version, principal, created at, expires
 * @param update parameters: data, principal, created at, expires, id, version, now
 * @param rotate parameters: new id, data, principal, created at, expires, id, version, now
 * @param rotateAndMark parameters: those of rotate, then those of insert without principal; null except on PostgreSQL, because
 *     other databases need two statements
 * @param extend parameters: expires, id, version, now
 * @param delete parameter: id
 * @param deleteOneOfPrincipal parameters: principal, principal, now, id
 * @param deleteOthersOfPrincipal parameters: principal, principal, now, id
 * @param deleteFollowsRows whether a delete finds a row whose id changes while it runs; only PostgreSQL guarantees that
 * @param cleanup deletes expired rows; null except on PostgreSQL, because Hibernate does it on other databases
 */
record SessionStatements(
        String select,
        String insert,
        String update,
        String rotate,
        @Nullable String rotateAndMark,
        String extend,
        String delete,
        String deleteOneOfPrincipal,
        String deleteOthersOfPrincipal,
        boolean deleteFollowsRows,
        @Nullable PostgresqlCleanup cleanup) {

    static String tableName(SessionFactory factory) {
        return mapping(factory).getTableName();
    }

    private static AbstractEntityPersister mapping(SessionFactory factory) {
        return (AbstractEntityPersister) factory.unwrap(SessionFactoryImplementor.class)
                .getMappingMetamodel()
                .getEntityDescriptor(SessionRecord.class);
    }

    static SessionStatements of(SessionFactory factory) {
        SessionFactoryImplementor hibernate = factory.unwrap(SessionFactoryImplementor.class);
        AbstractEntityPersister mapping = mapping(factory);
        String table = mapping.getTableName();
        String id = column(mapping, "id");
        String version = column(mapping, "version");
        String expires = column(mapping, "expires");
        String json = column(mapping, "data");
        String principal = column(mapping, "principal");
        String createdAt = column(mapping, "createdAt");
        String columns = String.join(", ", json, version, principal, createdAt, expires);
        String data = "%s = ?, %s = ?, %s = ?, ".formatted(json, principal, createdAt);
        String expiresIfCurrent = "%s = ? where %s = ? and %s = ? and %s > ?".formatted(expires, id, version, expires);
        String update = "update " + table + " set ";
        Dialect dialect = hibernate.getJdbcServices().getDialect();
        boolean isPostgresql = dialect instanceof PostgreSQLDialect;
        String deleteOfPrincipal = "delete from %s where %s = ? and %s = %s and %s > ? and %s"
                .formatted(table, principal, bytes(dialect, principal), bytes(dialect, "?"), expires, id);
        String rotate = update + id + " = ?, " + data + expiresIfCurrent;
        String mark = "with rotated as (%s returning 1) insert into %s (%s) select %s from rotated"
                .formatted(
                        rotate,
                        table,
                        String.join(", ", id, json, version, createdAt, expires),
                        "cast(? as varchar), cast(? as varchar), cast(? as bigint), cast(? as bigint), cast(? as bigint)");
        return new SessionStatements(
                "select " + columns + " from " + table + " where " + id + " = ?",
                "insert into " + table + " (" + id + ", " + columns + ") values (?, ?, ?, ?, ?, ?)",
                update + version + " = " + version + " + 1, " + data + expiresIfCurrent,
                rotate,
                isPostgresql ? mark : null,
                update + expiresIfCurrent,
                "delete from " + table + " where " + id + " = ?",
                deleteOfPrincipal + " = ?",
                deleteOfPrincipal + " <> ?",
                isPostgresql,
                isPostgresql ? new PostgresqlCleanup(table, expires) : null);
    }

    /**
     * The SQL for a text's UTF-8 bytes, which are equal only for equal texts: a collation may treat "José" and "jose" as equal.
     * For a database other than the four tested ones, it is the text itself.
     */
    private static String bytes(Dialect dialect, String text) {
        if (dialect instanceof PostgreSQLDialect) {
            return "convert_to(" + text + ", 'UTF8')";
        }
        if (dialect instanceof MySQLDialect) {
            return "cast(convert(" + text + " using utf8mb4) as binary)";
        }
        return dialect instanceof H2Dialect ? "cast(" + text + " as varbinary)" : text;
    }

    private static String column(AbstractEntityPersister mapping, String attribute) {
        return mapping.getPropertyColumnNames(attribute)[0];
    }
}
