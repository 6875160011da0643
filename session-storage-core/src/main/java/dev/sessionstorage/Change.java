package dev.sessionstorage;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a request changes in its session. It can be applied to the state that the request read, and again to a newer one.
 *
 * @param before the attributes that the request read
 * @param after the same attributes with the operations applied
 * @param operations the request's operations in order
 * @param owner the session's new principal, null if it keeps the present one
 * @param rotates whether the session moves to a new id
 */
record Change(
        Map<String, String> before,
        Map<String, String> after,
        List<Operation> operations,
        @Nullable Owner owner,
        boolean rotates) {

    /** A new principal; a null name removes the present one. */
    record Owner(@Nullable String name) {}

    /** Whether the change leaves a state as it is. */
    boolean isEmptyFor(State state) {
        return !rotates
                && Objects.equals(principalOver(state.data()), state.data().principal())
                && !changesAttributes();
    }

    private boolean changesAttributes() {
        for (Operation operation : operations) {
            if (!Objects.equals(after.get(operation.name()), before.get(operation.name()))) {
                return true;
            }
        }
        return false;
    }

    /** Whether the change is a login: the session gets a principal and a new id. */
    boolean isLogin() {
        return rotates && owner != null && owner.name() != null;
    }

    /**
     * The state with this change.
     *
     * @return the next state; null for a conflict: an operation relies on a read that no longer holds
     * @throws IllegalStateException if it is too large to be stored
     */
    @Nullable
    State applyTo(State state, CommitRules rules) {
        for (Operation operation : operations) {
            if (operation.conflictsWith(state.attributes(), rules.lastWriteWins())) {
                return null;
            }
        }
        Map<String, String> attributes = applyTo(state.attributes());
        SessionData begun = startsAnew(state.data()) ? rules.begin(state.data()) : state.data();
        Duration idleTimeout = State.idleTimeout(attributes);
        boolean restarts = rotates || state.id().isEmpty() || !Objects.equals(idleTimeout, state.idleTimeout());
        Instant expires = restarts
                ? rules.timeouts().expires(idleTimeout, begun)
                : rules.timeouts().extended(idleTimeout, begun);
        SessionData data = begun.replacedBy(rules.join(attributes), principalOver(begun), expires);
        return new State(state.id(), data, attributes);
    }

    private Map<String, String> applyTo(Map<String, String> attributes) {
        if (attributes.equals(before)) {
            return after;
        }
        Map<String, String> result = new LinkedHashMap<>(attributes);
        operations.forEach(operation -> operation.applyTo(result));
        return result;
    }

    /** A login restarts the absolute timeout, and so does a change of principal (NIST SP 800-63B-4, 5.2). */
    private boolean startsAnew(SessionData data) {
        return isLogin()
                || (owner != null && owner.name() != null && !owner.name().equals(data.principal()));
    }

    /** The principal after this change. */
    @Nullable
    String principalOver(SessionData data) {
        return owner != null ? owner.name() : data.principal();
    }

    /** Shows no attribute: they may be secrets. */
    @Override
    public String toString() {
        return "Change[" + operations.stream().map(Operation::name).toList() + (rotates ? ", new id" : "") + "]";
    }
}
