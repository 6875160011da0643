package dev.sessionstorage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The attributes as one request sees them: the stored ones, its own operations, and what it has read. */
final class WorkingCopy {

    /** Most requests have no more operations. */
    private static final int FEW = 4;

    private Map<String, String> stored;
    /** {@link #stored} with the operations applied; the same map as long as there are none. */
    private Map<String, String> current;

    private List<Operation> operations = List.of();
    /** Whether {@link #current} and {@link #operations} are not shared, so that they can be changed in place. */
    private boolean isPrivate;

    /** The texts that the request has read and may rely on, null for an absent attribute. */
    private final Map<String, @Nullable String> seen = new HashMap<>();

    WorkingCopy(Map<String, String> stored) {
        this.stored = stored;
        this.current = stored;
    }

    /** Reads an attribute's text. The request may rely on it, so a later change by another request conflicts. */
    @Nullable
    String read(String name) {
        String text = current.get(name);
        if (!isOverwritten(name)) {
            seen.put(name, operations.isEmpty() ? text : stored.get(name));
        }
        return text;
    }

    private boolean isOverwritten(String name) {
        for (Operation operation : operations) {
            if (!(operation instanceof Operation.Compute) && operation.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** Reads an attribute's text without relying on it. */
    @Nullable
    String peek(String name) {
        return current.get(name);
    }

    Map<String, String> current() {
        return current;
    }

    void put(String name, String text) {
        apply(new Operation.Put(name, text, seen(name)));
    }

    void remove(String name) {
        apply(new Operation.Remove(name, seen(name)));
    }

    /** Removes an attribute that has been read. */
    void consume(String name) {
        apply(new Operation.Consume(name, seen(name)));
    }

    /** Changes an attribute by a function from its text, null if absent, to its new text. */
    void compute(String name, UnaryOperator<@Nullable String> function) {
        apply(new Operation.Compute(name, function));
    }

    private Operation.@Nullable Seen seen(String name) {
        return seen.containsKey(name) ? new Operation.Seen(seen.get(name)) : null;
    }

    void apply(Operation operation) {
        if (!isPrivate) {
            current = new LinkedHashMap<>(current);
            List<Operation> own = new ArrayList<>(FEW);
            if (!operations.isEmpty()) {
                own.addAll(operations);
            }
            operations = own;
            isPrivate = true;
        }
        operation.applyTo(current);
        operations.add(operation);
    }

    /** Restores the flash values that this request consumed, because no user has seen them. */
    void consumeNothing() {
        List<Operation> all = operations;
        begin(stored);
        for (Operation operation : all) {
            if (!(operation instanceof Operation.Consume)) {
                apply(operation);
            }
        }
    }

    /** Goes back to the attributes from before a rolled-back transaction, with the operations since. */
    void undone(Map<String, String> before) {
        List<Operation> all = operations;
        seen.replaceAll((name, text) -> Objects.equals(text, stored.get(name)) ? before.get(name) : text);
        begin(before);
        for (Operation operation : all) {
            apply(operation.seen() == null ? operation : operation.relyingOn(seen(operation.name())));
        }
    }

    private void begin(Map<String, String> attributes) {
        stored = attributes;
        current = attributes;
        operations = List.of();
        isPrivate = false;
    }

    /** A snapshot of what the operations change; later ones do not alter it. */
    Change change(Change.@Nullable Owner owner, boolean rotates) {
        isPrivate = false;
        return new Change(stored, current, operations, owner, rotates);
    }

    /** Starts over from the stored attributes, which contain the operations. */
    void committed(Map<String, String> attributes) {
        for (Operation operation : operations) {
            String name = operation.name();
            // If a function ran again on a value that another request stored, this request has not seen the result.
            boolean isOwn = !(operation instanceof Operation.Compute)
                    || Objects.equals(current.get(name), attributes.get(name));
            if (isOwn && seen.containsKey(name)) {
                seen.put(name, attributes.get(name));
            }
        }
        begin(attributes);
    }
}
