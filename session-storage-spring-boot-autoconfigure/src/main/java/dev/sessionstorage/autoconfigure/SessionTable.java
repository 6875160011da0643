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

/** The table {@code session.jpa.table-name}: its name in Hibernate's mapping and in the schema scripts. */
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
     * Sets the names of the entity's table, columns and indexes to those of the schema scripts, whatever naming strategy,
     * quoting or default schema the application uses. Without a schema the table is in the default one.
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

    /**
     * Fails if another entity maps the same table: Hibernate would create, alter and check it for one entity and break the
     * other.
     */
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

    /** Adds an index here and not by an annotation: its name depends on the table's, and Hibernate cannot rename an index. */
    private void addIndex(Table table, Property property) {
        Index index = new Index();
        index.setTable(table);
        index.setName(indexName("_" + property.getName()).render());
        index.addColumn(property.getColumns().get(0));
        table.addIndex(index);
    }

    /** Uses the catalog for databases without schemas: their catalogs are what others call schemas. */
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

    /**
     * Sets the column's name. A quoted column stays quoted, so its name needs the case that the database gives to unquoted
     * names.
     */
    private static void nameColumn(PersistentClass entity, Property property, IdentifierHelper identifiers) {
        Field field = Objects.requireNonNull(ReflectionUtils.findField(entity.getMappedClass(), property.getName()));
        String unquoted = field.getAnnotation(jakarta.persistence.Column.class).name();
        Column column = property.getColumns().get(0);
        column.setName(
                column.isQuoted() ? identifiers.toMetaDataObjectName(Identifier.toIdentifier(unquoted)) : unquoted);
    }

    /** Replaces the names in a statement of a schema script by those that {@link #nameIn} has set. */
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
