package dev.sessionstorage;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.ValueInstantiationException;

/**
 * Explains why Jackson could not write or read something. It names types only, because Jackson's own messages also show values.
 */
final class JsonReason {

    /** The path of a cyclic structure has hundreds of steps. */
    private static final int LONGEST_PATH = 8;

    private JsonReason() {}

    /** The reason for an object that the application passed in. It may name the object's class. */
    static String ofWriting(Throwable e) {
        return e instanceof InvalidTypeIdException type && type.getTypeId() != null
                ? at(type) + type.getTypeId() + " is no known or allowed class here"
                : ofReading(e);
    }

    /** The reason for stored JSON. It names no class from the JSON, which may come from anywhere. */
    static String ofReading(Throwable e) {
        return e instanceof JacksonException failure
                ? at(failure) + reason(failure)
                : e.getClass().getName();
    }

    private static String reason(JacksonException e) {
        if (e instanceof StreamConstraintsException) {
            return "it is too deep or too long for JSON; objects that refer to each other need @JsonManagedReference and"
                    + " @JsonBackReference, @JsonIdentityInfo, or ids in place of objects";
        }
        if (e.getOriginalMessage().startsWith("Null key")) {
            return "a map has the key null";
        }
        if (e instanceof InvalidDefinitionException) {
            return e.getOriginalMessage().lines().findFirst().orElse("") + cause(e);
        }
        if (e instanceof InvalidTypeIdException type) {
            return "it names no known and allowed subtype of "
                    + type.getBaseType().toCanonical();
        }
        if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
            return "what is stored is no " + mismatch.getTargetType().getTypeName();
        }
        if (e instanceof ValueInstantiationException made) {
            return "the constructor of " + made.getType().toCanonical() + " refuses it" + cause(e);
        }
        return e.getClass().getSimpleName() + cause(e);
    }

    private static String cause(JacksonException e) {
        Throwable cause = e.getCause();
        return cause == null || cause instanceof JacksonException
                ? ""
                : " (" + cause.getClass().getName() + ")";
    }

    /** The path to the failure. A map's keys are left out, because they are values, too. */
    private static String at(JacksonException e) {
        StringBuilder path = new StringBuilder();
        List<JacksonException.Reference> steps = e.getPath();
        for (JacksonException.Reference step : steps.subList(0, Math.min(steps.size(), LONGEST_PATH))) {
            if (isMap(step.from())) {
                path.append("[…]");
            } else if (step.getPropertyName() != null) {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            } else if (step.getIndex() >= 0) {
                path.append('[').append(step.getIndex()).append(']');
            }
        }
        return path.isEmpty() ? "" : "at " + path + (steps.size() > LONGEST_PATH ? "…: " : ": ");
    }

    private static boolean isMap(@Nullable Object from) {
        return from instanceof Map || (from instanceof Class<?> type && Map.class.isAssignableFrom(type));
    }
}
