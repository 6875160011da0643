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
 * The statements that change the table, and the read of one row, in SQL with the names of the mapping. Hibernate would
 * translate an HQL update anew each time, which takes longer than a database nearby takes to run it, and an entity costs a
 * second session.
 *
 * @param select parameter: id; columns: data, version, principal, created at, expires
 * @param insert parameters: id, data, version, principal, created at, expires
 * @param update parameters: data, principal, created at, expires, id, version, now
 * @param rotate parameters: new id, data, principal, created at, expires, id, version, now
 * @param rotateAndMark those of rotate, then those of an insert without principal; null where that takes two statements, as on
 *     other databases than PostgreSQL
 * @param extend parameters: expires, id, version, now
 * @param delete parameter: id
 * @param deleteOneOfPrincipal parameters: principal, principal, now, id
 * @param deleteOthersOfPrincipal parameters: principal, principal, now, id
 * @param deleteFollowsRows whether a delete finds a row that gets another id while it runs, which only PostgreSQL promises
 * @param cleanup deletes what has expired; null where Hibernate does it, as on other databases than PostgreSQL
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
     * A text's bytes in UTF-8, which are equal only for equal texts: a collation may take "José" for "jose". For a database
     * other than the four that are tested, the text.
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
