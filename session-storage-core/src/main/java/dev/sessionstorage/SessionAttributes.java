package dev.sessionstorage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A session's attributes as JSON texts: what was stored, and this request's changes, kept apart so that they can be applied
 * again to a fresher state.
 */
final class SessionAttributes {

    private Map<String, String> stored;
    /** {@link #stored} with the changes applied; the same map as long as there are none. */
    private Map<String, String> current;

    private final List<Change> changes = new ArrayList<>();
    /** Attributes that this request has read, with the text it saw: null for an absent one. */
    private final Map<String, @Nullable String> seen = new HashMap<>();

    private sealed interface Change {
        String name();
    }

    private record Put(String name, String text) implements Change {}

    private record Remove(String name) implements Change {}

    /** A removal after a read that no other request may have done too. */
    private record Consume(String name) implements Change {}

    private record Compute(String name, UnaryOperator<@Nullable String> function) implements Change {}

    SessionAttributes(Map<String, String> stored) {
        this.stored = stored;
        this.current = stored;
    }

    /** The text of an attribute, by a read on whose outcome the request may rely. */
    @Nullable
    String read(String name) {
        String text = current.get(name);
        if (!isOwnWrite(name)) {
            seen.put(name, changes.isEmpty() ? text : stored.get(name));
        }
        return text;
    }

    private boolean isOwnWrite(String name) {
        for (Change change : changes) {
            if (isBlind(change) && change.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** The text of an attribute, by a look that this request does not rely on. */
    @Nullable
    String peek(String name) {
        return current.get(name);
    }

    /** What this request read, or wrote last, without its changes since. */
    Map<String, String> stored() {
        return stored;
    }

    List<String> names() {
        return List.copyOf(current.keySet());
    }

    boolean isEmpty() {
        return current.isEmpty();
    }

    boolean isChanged() {
        for (Change change : changes) {
            if (!Objects.equals(current.get(change.name()), stored.get(change.name()))) {
                return true;
            }
        }
        return false;
    }

    void put(String name, String text) {
        change(new Put(name, text));
    }

    void remove(String name) {
        change(new Remove(name));
    }

    /** Removes an attribute that has been read; a conflict if it is different by then, even where the last write wins. */
    void consume(String name) {
        change(new Consume(name));
    }

    /** Takes back that flash values were consumed: nobody has seen them. */
    void consumeNothing() {
        if (changes.removeIf(Consume.class::isInstance)) {
            current = changes.isEmpty() ? stored : new LinkedHashMap<>(stored);
            changes.forEach(change -> apply(change, current));
        }
    }

    /** Changes an attribute by a function from its text, null if absent, to its new text. */
    void compute(String name, UnaryOperator<@Nullable String> function) {
        change(new Compute(name, function));
    }

    /**
     * Applies the changes to a state that may be fresher than the one they were made on.
     *
     * @return the result; null if an attribute that was read and then set or removed is different there
     */
    @Nullable
    Map<String, String> applyTo(Map<String, String> fresh, boolean lastWriteWins) {
        for (Change change : changes) {
            String name = change.name();
            boolean reliesOnRead = isBlind(change) && seen.containsKey(name);
            boolean mayConflict = !lastWriteWins || change instanceof Consume;
            if (reliesOnRead && mayConflict && !Objects.equals(seen.get(name), fresh.get(name))) {
                return null;
            }
        }
        if (fresh.equals(stored)) {
            return current;
        }
        Map<String, String> result = new LinkedHashMap<>(fresh);
        changes.forEach(change -> apply(change, result));
        return result;
    }

    /** Takes over what has been stored, with this request's changes in it. */
    void committed(Map<String, String> attributes) {
        for (Change change : changes) {
            // Of a function that ran again, on what another request had stored, nobody has seen the outcome.
            boolean isOwn =
                    isBlind(change) || Objects.equals(current.get(change.name()), attributes.get(change.name()));
            if (seen.containsKey(change.name()) && isOwn) {
                seen.put(change.name(), attributes.get(change.name()));
            }
        }
        changes.clear();
        stored = attributes;
        current = attributes;
    }

    /** Goes back to what was stored before a transaction that was undone. What has been changed since stays changed. */
    void undone(Map<String, String> before) {
        seen.replaceAll((name, text) -> Objects.equals(text, stored.get(name)) ? before.get(name) : text);
        stored = before;
        current = changes.isEmpty() ? stored : new LinkedHashMap<>(stored);
        changes.forEach(change -> apply(change, current));
    }

    private void change(Change change) {
        if (changes.isEmpty()) {
            current = new LinkedHashMap<>(stored);
        }
        apply(change, current);
        changes.add(change);
    }

    private static void apply(Change change, Map<String, String> attributes) {
        if (change instanceof Put put) {
            attributes.put(put.name(), put.text());
        } else if (change instanceof Compute compute) {
            String text = compute.function().apply(attributes.get(compute.name()));
            attributes.put(compute.name(), Objects.requireNonNull(text));
        } else {
            attributes.remove(change.name());
        }
    }

    /** Whether a change writes without looking at what is stored by then. */
    private static boolean isBlind(Change change) {
        return !(change instanceof Compute);
    }
}
