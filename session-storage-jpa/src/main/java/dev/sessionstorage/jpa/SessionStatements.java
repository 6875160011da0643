package dev.sessionstorage.jpa;

import org.hibernate.SessionFactory;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.AbstractEntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * The statements that change rows, in SQL with the names of the mapping. Hibernate caches the SQL only of queries that
 * select: it would translate an HQL update anew each time, which takes longer than a database nearby takes to run it.
 *
 * @param update parameters: data, principal, created at, expires, id, version, now
 * @param rotate parameters: new id, data, principal, created at, expires, id, version, now
 * @param extend parameters: expires, id, version, now
 * @param delete parameter: id
 * @param deleteExpired parameters: now, limit; null where the database has no single statement for it
 */
record SessionStatements(
        String update,
        String rotate,
        String extend,
        String delete,
        @Nullable String deleteExpired) {

    /** By the rows' places, which the inner select has locked: no index is searched again. */
    private static final String DELETE_EXPIRED_ON_POSTGRESQL = "delete from %1$s where ctid = any(array("
            + "select ctid from %1$s where %2$s <= ? limit ? for update skip locked))";

    static SessionStatements of(SessionFactory factory) {
        SessionFactoryImplementor hibernate = factory.unwrap(SessionFactoryImplementor.class);
        AbstractEntityPersister mapping =
                (AbstractEntityPersister) hibernate.getMappingMetamodel().getEntityDescriptor(SessionRecord.class);
        String table = mapping.getTableName();
        String id = column(mapping, "id");
        String version = column(mapping, "version");
        String expires = column(mapping, "expires");
        String data = "%s = ?, %s = ?, %s = ?, "
                .formatted(column(mapping, "data"), column(mapping, "principal"), column(mapping, "createdAt"));
        String expiresIfCurrent = "%s = ? where %s = ? and %s = ? and %s > ?".formatted(expires, id, version, expires);
        String update = "update " + table + " set ";
        return new SessionStatements(
                update + version + " = " + version + " + 1, " + data + expiresIfCurrent,
                update + id + " = ?, " + data + expiresIfCurrent,
                update + expiresIfCurrent,
                "delete from " + table + " where " + id + " = ?",
                hibernate.getJdbcServices().getDialect() instanceof PostgreSQLDialect
                        ? DELETE_EXPIRED_ON_POSTGRESQL.formatted(table, expires)
                        : null);
    }

    private static String column(AbstractEntityPersister mapping, String attribute) {
        return mapping.getPropertyColumnNames(attribute)[0];
    }
}
