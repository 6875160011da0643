package dev.sessionstorage.autoconfigure;

import dev.sessionstorage.jpa.JpaSessionDataRepository;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.boot.model.naming.PhysicalNamingStrategy;
import org.hibernate.boot.model.naming.PhysicalNamingStrategySnakeCaseImpl;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.jdbc.env.spi.JdbcEnvironment;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/** The table of {@code session.jpa.table-name}, under which Hibernate and the schema scripts know the sessions. */
final class SessionTable {

    private static final String DEFAULT_NAME = "session_data";
    private static final Pattern NAME = Pattern.compile("(\\w+\\.)?\\w+");

    private final String name;

    SessionTable(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new SessionStartupException(
                    "session.jpa.table-name '" + name + "' is not a plain SQL name.",
                    "Use letters, digits and underscores, optionally after a schema's name and a dot.");
        }
        this.name = name;
    }

    /** A schema script with this table's name in place of the default one, also as the prefix of its indexes. */
    String rename(String script) {
        return script.replaceAll("\\b" + DEFAULT_NAME + "_", name.replace('.', '_') + "_")
                .replaceAll("\\b" + DEFAULT_NAME + "\\b", name);
    }

    /**
     * Adds the entity to a persistence unit's Hibernate properties: so it is found whatever the application's entity scan
     * covers, and keeps its table's name whatever the application's naming strategy does to others.
     */
    void addTo(Map<String, Object> hibernateProperties) {
        List<Object> classes = new ArrayList<>();
        if (hibernateProperties.get(AvailableSettings.LOADED_CLASSES) instanceof List<?> present) {
            classes.addAll(present);
        }
        JpaSessionDataRepository.managedClassNames().stream()
                .map(type -> ClassUtils.resolveClassName(type, JpaSessionDataRepository.class.getClassLoader()))
                .forEach(classes::add);
        hibernateProperties.put(AvailableSettings.LOADED_CLASSES, classes);
        PhysicalNamingStrategy strategy = strategy(hibernateProperties.get(AvailableSettings.PHYSICAL_NAMING_STRATEGY));
        hibernateProperties.put(AvailableSettings.PHYSICAL_NAMING_STRATEGY, new Naming(strategy, name));
    }

    /** A table that is missing, or too narrow for the largest session, stops the start and not the first user. */
    void check(JpaSessionDataRepository repository, DataSize maxSize) {
        int length = maxDataLength(repository);
        // A character is a byte at least.
        if (length > 0 && maxSize.toBytes() > length) {
            throw new SessionStartupException(
                    "session.max-size is " + maxSize.toBytes() + " bytes, but the data of a session in the table '"
                            + name + "' may have " + length + " characters.",
                    "Set session.max-size to " + length + "B or less, or widen the table's column.");
        }
    }

    private int maxDataLength(JpaSessionDataRepository repository) {
        try {
            return repository.maxDataLength();
        } catch (RuntimeException e) {
            throw new SessionStartupException(
                    "The table '" + name + "' of the sessions cannot be read: " + rootMessage(e),
                    "If it is missing, set session.jpa.initialize-schema=always, or create it with the script for your"
                            + " database from the package dev.sessionstorage.jpa in session-storage-jpa's jar, or the"
                            + " ready Flyway and Liquibase changes under db/session-storage there.",
                    e);
        }
    }

    private static @Nullable String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }

    private static PhysicalNamingStrategy strategy(@Nullable Object setting) {
        if (setting instanceof PhysicalNamingStrategy strategy) {
            return strategy;
        }
        if (setting == null) {
            return new PhysicalNamingStrategySnakeCaseImpl();
        }
        Class<?> type = setting instanceof Class<?> given
                ? given
                : ClassUtils.resolveClassName(setting.toString(), ClassUtils.getDefaultClassLoader());
        return (PhysicalNamingStrategy) BeanUtils.instantiateClass(type);
    }

    /** The application's naming strategy for all tables but one. */
    private record Naming(PhysicalNamingStrategy others, String tableName) implements PhysicalNamingStrategy {

        @Override
        public @Nullable Identifier toPhysicalTableName(Identifier logicalName, JdbcEnvironment environment) {
            return logicalName.getText().equals(DEFAULT_NAME)
                    ? new Identifier(tableName, false)
                    : others.toPhysicalTableName(logicalName, environment);
        }

        @Override
        public @Nullable Identifier toPhysicalCatalogName(@Nullable Identifier name, JdbcEnvironment environment) {
            return others.toPhysicalCatalogName(name, environment);
        }

        @Override
        public @Nullable Identifier toPhysicalSchemaName(@Nullable Identifier name, JdbcEnvironment environment) {
            return others.toPhysicalSchemaName(name, environment);
        }

        @Override
        public @Nullable Identifier toPhysicalSequenceName(Identifier name, JdbcEnvironment environment) {
            return others.toPhysicalSequenceName(name, environment);
        }

        @Override
        public @Nullable Identifier toPhysicalColumnName(Identifier name, JdbcEnvironment environment) {
            return others.toPhysicalColumnName(name, environment);
        }
    }
}
