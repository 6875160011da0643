package dev.sessionstorage.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Warns about unknown properties under {@code session.}: a misspelt timeout would otherwise silently leave the default in
 * force.
 */
final class UnknownProperties {

    private static final Log LOG = LogFactory.getLog(UnknownProperties.class);
    private static final String PREFIX = "session.";
    /**
     * The largest edit distance of a typo. It is small because a desktop, a shell or the application may use variables such as
     * SESSION_MANAGER.
     */
    private static final int TYPING_ERROR = 2;

    private final ConfigurableEnvironment environment;
    private final List<String> known = new ArrayList<>();

    UnknownProperties(ConfigurableEnvironment environment) {
        this.environment = environment;
        collect(PREFIX, SessionProperties.class);
    }

    private void collect(String prefix, Class<?> properties) {
        for (var component : properties.getRecordComponents()) {
            String name = prefix + DataObjectPropertyName.toDashedForm(component.getName());
            ResolvableType type = ResolvableType.forType(component.getGenericType());
            Class<?> element = Collection.class.isAssignableFrom(component.getType())
                    ? type.getGeneric().resolve(Object.class)
                    : component.getType();
            if (element.isRecord()) {
                collect(name + ".", element);
            } else {
                known.add(name);
            }
        }
    }

    void warn() {
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> enumerable) {
                for (String name : enumerable.getPropertyNames()) {
                    String message = isVariable(source, name) ? ofVariable(name) : ofProperty(name);
                    if (message != null) {
                        LOG.warn(message + " (It is in " + source.getName() + ".)");
                    }
                }
            }
        }
    }

    private static boolean isVariable(PropertySource<?> source, String name) {
        return source instanceof SystemEnvironmentPropertySource && name.indexOf('.') < 0;
    }

    private @Nullable String ofProperty(String given) {
        String name = given.replaceAll("\\[[^]]*]", "");
        if (!name.toLowerCase(Locale.ROOT).startsWith(PREFIX) || known.stream().anyMatch(one -> isSame(one, name))) {
            return null;
        }
        String likely = likely(name);
        return "The property " + given + " is none of session-storage's, which ignores it"
                + (likely == null ? "." : ": do you mean " + likely + "?");
    }

    /**
     * Returns a warning only for a name close to one of ours, unless that property is set too, perhaps from this variable by a
     * placeholder.
     */
    private @Nullable String ofVariable(String given) {
        String name = given.replaceAll("_\\d+(?=_|$)", "").toLowerCase(Locale.ROOT);
        if (!name.startsWith("session_")) {
            return null;
        }
        for (String one : known) {
            int distance = distance(letters(one), letters(name));
            if (distance == 0 || (distance <= TYPING_ERROR && environment.containsProperty(one))) {
                return null;
            }
        }
        return known.stream()
                .filter(one -> distance(letters(one), letters(name)) <= TYPING_ERROR)
                .min(Comparator.comparing(one -> distance(letters(one), letters(name))))
                .map(one -> "The environment variable " + given
                        + " is none of session-storage's, which ignores it: do you mean "
                        + one.replace('.', '_').replace("-", "").toUpperCase(Locale.ROOT) + "?")
                .orElse(null);
    }

    /** Returns the closest known name, if it is close enough or has a similar ending. */
    private @Nullable String likely(String name) {
        return known.stream()
                .filter(one -> distance(one, name) <= Math.max(TYPING_ERROR, (name.length() - PREFIX.length()) / 3)
                        || endsAlike(one, name))
                .min(Comparator.comparing(one -> distance(one, name)))
                .orElse(null);
    }

    private static boolean endsAlike(String one, String other) {
        String end = letters(one.substring(one.lastIndexOf('.') + 1));
        String otherEnd = letters(other.substring(other.lastIndexOf('.') + 1));
        boolean isWord = Math.min(end.length(), otherEnd.length()) > TYPING_ERROR;
        return isWord && (end.contains(otherEnd) || otherEnd.contains(end));
    }

    private static boolean isSame(String dashed, String relaxed) {
        return dashed.replace("-", "").equalsIgnoreCase(relaxed.replaceAll("[-_]", ""));
    }

    private static String letters(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }

    /** The Levenshtein distance. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
