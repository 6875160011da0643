package dev.sessionstorage.autoconfigure;

import java.lang.reflect.Field;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.boot.model.relational.Database;
import org.hibernate.boot.model.relational.SqlStringGenerationContext;
import org.hibernate.dialect.Dialect;
import org.hibernate.engine.jdbc.env.spi.IdentifierHelper;
import org.hibernate.engine.jdbc.env.spi.JdbcEnvironment;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Index;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.Table;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;

/** The table of {@code session.jpa.table-name}, under which Hibernate and the schema scripts know the sessions. */
final class SessionTable {

    static final String DEFAULT_NAME = "session_data";

    private static final String PART = "(\\w+|\"[^\"`]+\"|`[^\"`]+`)";
    private static final Pattern NAME = Pattern.compile("(?:" + PART + "\\.)?" + PART);
    private static final Pattern NAME_IN_SCRIPT = Pattern.compile("\\b" + DEFAULT_NAME + "(_\\w+)?\\b");

    private final @Nullable Identifier schema;
    private final Identifier name;

    SessionTable(String setting) {
        Matcher parts = NAME.matcher(setting);
        if (!parts.matches()) {
            throw new SessionStartupException(
                    "session.jpa.table-name '" + setting + "' is not a plain SQL name.",
                    "Use letters, digits and underscores, or any characters in double quotes, optionally after a"
                            + " schema's name and a dot.");
        }
        this.schema = Identifier.toIdentifier(parts.group(1));
        this.name = Identifier.toIdentifier(parts.group(2));
    }

    /**
     * Gives the entity's table, columns and indexes their names, whatever naming strategy, quotes or default schema the
     * application has for its own: the schema scripts know these only. Without a schema the table is in the default one.
     */
    void nameIn(Metadata metadata, JdbcEnvironment environment) {
        PersistentClass entity = metadata.getEntityBinding(SessionMapping.ENTITY);
        Table table = entity.getTable();
        if (schema != null) {
            moveToSchema(table, metadata.getDatabase(), environment, schema);
        }
        table.setName(name.render());
        Stream.concat(Stream.of(entity.getIdentifierProperty()), entity.getProperties().stream())
                .forEach(property -> nameColumn(entity, property, environment.getIdentifierHelper()));
        addIndex(table, entity.getProperty("principal"));
        addIndex(table, entity.getProperty("expires"));
    }

    /** Of two entities with one table, Hibernate would create, alter and check the table for one and break the other. */
    void checkIsOwn(Metadata metadata, SessionFactoryImplementor hibernate) {
        SqlStringGenerationContext names = hibernate.getSqlStringGenerationContext();
        String own = names.format(
                metadata.getEntityBinding(SessionMapping.ENTITY).getTable().getQualifiedTableName());
        for (PersistentClass other : metadata.getEntityBindings()) {
            if (!other.getEntityName().equals(SessionMapping.ENTITY)
                    && own.equalsIgnoreCase(names.format(other.getTable().getQualifiedTableName()))) {
                throw new SessionStartupException(
                        "The table '" + this + "' of the sessions is that of the application's entity "
                                + other.getEntityName() + ".",
                        "Set session.jpa.table-name to a name that no table has.");
            }
        }
    }

    /** Not by an annotation: the name of an index depends on the table's, and Hibernate cannot rename one. */
    private void addIndex(Table table, Property property) {
        Index index = new Index();
        index.setTable(table);
        index.setName(indexName("_" + property.getName()).render());
        index.addColumn(property.getColumns().get(0));
        table.addIndex(index);
    }

    /** Where a database has no schemas, its catalogs are what others call so. */
    private static void moveToSchema(Table table, Database database, JdbcEnvironment environment, Identifier schema) {
        boolean schemas = environment.getNameQualifierSupport().supportsSchemas();
        database.getNamespaces().forEach(namespace -> namespace.getTables().remove(table));
        if (schemas) {
            table.setSchema(schema.render());
        } else {
            table.setCatalog(schema.render());
        }
        database.locateNamespace(schemas ? null : schema, schemas ? schema : null)
                .registerTable(Identifier.toIdentifier(DEFAULT_NAME), table);
    }

    /** A column that is quoted once stays quoted, and then needs the case that the database gives to a name without quotes. */
    private static void nameColumn(PersistentClass entity, Property property, IdentifierHelper identifiers) {
        Field field = Objects.requireNonNull(ReflectionUtils.findField(entity.getMappedClass(), property.getName()));
        String unquoted = field.getAnnotation(jakarta.persistence.Column.class).name();
        Column column = property.getColumns().get(0);
        column.setName(
                column.isQuoted() ? identifiers.toMetaDataObjectName(Identifier.toIdentifier(unquoted)) : unquoted);
    }

    /** A statement of a schema script with the names that {@link #nameIn} has given. */
    String rename(String statement, SessionFactoryImplementor hibernate, Table table) {
        Dialect dialect = hibernate.getJdbcServices().getDialect();
        String qualified = hibernate.getSqlStringGenerationContext().format(table.getQualifiedTableName());
        return NAME_IN_SCRIPT
                .matcher(statement)
                .replaceAll(match -> Matcher.quoteReplacement(
                        match.group(1) == null
                                ? qualified
                                : indexName(match.group(1)).render(dialect)));
    }

    private Identifier indexName(String suffix) {
        return new Identifier(name.getText() + suffix, name.isQuoted());
    }

    @Override
    public String toString() {
        return schema == null ? text(name) : text(schema) + "." + text(name);
    }

    private static String text(Identifier part) {
        return part.isQuoted() ? '"' + part.getText() + '"' : part.getText();
    }
}
