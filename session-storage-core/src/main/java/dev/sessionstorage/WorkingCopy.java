package dev.sessionstorage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The attributes as one request sees them: those that are stored, its own operations, and what it has read. */
final class WorkingCopy {

    /** As many operations as most requests have. */
    private static final int FEW = 4;

    private Map<String, String> stored;
    /** {@link #stored} with the operations applied; the same map as long as there are none. */
    private Map<String, String> current;

    private List<Operation> operations = List.of();
    /** Whether only this object has {@link #current} and {@link #operations}, so that they may be changed in place. */
    private boolean isPrivate;

    /** The texts that the request has read and may rely on, null for an absent attribute. */
    private final Map<String, @Nullable String> seen = new HashMap<>();

    WorkingCopy(Map<String, String> stored) {
        this.stored = stored;
        this.current = stored;
    }

    /** The text of an attribute, by a read that the request may rely on. */
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

    /** The text of an attribute, by a look that the request does not rely on. */
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
            own.addAll(operations);
            operations = own;
            isPrivate = true;
        }
        operation.applyTo(current);
        operations.add(operation);
    }

    /** Takes back that flash values were consumed: no user has seen them. */
    void consumeNothing() {
        List<Operation> all = operations;
        begin(stored);
        for (Operation operation : all) {
            if (!(operation instanceof Operation.Consume)) {
                apply(operation);
            }
        }
    }

    /** Goes back to what was stored before a transaction that was undone, with the operations since. */
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

    /** What the operations change; later ones do not alter it. */
    Change change(Change.@Nullable Owner owner, boolean rotates) {
        isPrivate = false;
        return new Change(stored, current, operations, owner, rotates);
    }

    /** Begins again on top of what has been stored, with the operations in it. */
    void committed(Map<String, String> attributes) {
        for (Operation operation : operations) {
            String name = operation.name();
            // The request has not seen the outcome of a function that ran again on what another request had stored.
            boolean isOwn = !(operation instanceof Operation.Compute)
                    || Objects.equals(current.get(name), attributes.get(name));
            if (isOwn && seen.containsKey(name)) {
                seen.put(name, attributes.get(name));
            }
        }
        begin(attributes);
    }
}
