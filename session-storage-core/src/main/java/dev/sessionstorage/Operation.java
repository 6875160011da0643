package dev.sessionstorage;

import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One change of one attribute, as JSON text. */
sealed interface Operation {

    String name();

    /** The request's earlier read of the attribute, null if there was none. */
    @Nullable
    Seen seen();

    /** The text that a read found, null for an absent attribute. */
    record Seen(@Nullable String text) {}

    record Put(String name, String text, @Nullable Seen seen) implements Operation {}

    record Remove(String name, @Nullable Seen seen) implements Operation {}

    /** Removes a flash value after its read. Only one request may do so. */
    record Consume(String name, @Nullable Seen seen) implements Operation {}

    /** Applies a function to the attribute's present text, null if absent. It relies on no earlier read. */
    record Compute(String name, UnaryOperator<@Nullable String> function) implements Operation {
        @Override
        public @Nullable Seen seen() {
            return null;
        }
    }

    /** Whether the operation relies on a read that is out of date. */
    default boolean conflictsWith(Map<String, String> attributes, boolean lastWriteWins) {
        Seen read = seen();
        return read != null
                && (!lastWriteWins || this instanceof Consume)
                && !Objects.equals(read.text(), attributes.get(name()));
    }

    /** The same operation, relying on another read. */
    default Operation relyingOn(@Nullable Seen other) {
        if (this instanceof Put put) {
            return new Put(put.name(), put.text(), other);
        }
        if (this instanceof Remove) {
            return new Remove(name(), other);
        }
        return this instanceof Consume ? new Consume(name(), other) : this;
    }

    default void applyTo(Map<String, String> attributes) {
        if (this instanceof Put put) {
            attributes.put(put.name(), put.text());
        } else if (this instanceof Compute compute) {
            String text = compute.function().apply(attributes.get(compute.name()));
            attributes.put(compute.name(), Objects.requireNonNull(text));
        } else {
            attributes.remove(name());
        }
    }
}
