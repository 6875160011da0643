package dev.sessionstorage.web;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.context.support.DefaultMessageSourceResolvable;
import org.springframework.validation.BeanPropertyBindingResult;
import org.springframework.validation.BindingResult;
import org.springframework.validation.FieldError;
import org.springframework.validation.MapBindingResult;
import org.springframework.validation.ObjectError;

/** The binding errors of a rejected form, with the values that were typed, kept across a redirect. */
record BoundErrors(String objectName, @Nullable Object target, List<Problem> problems) {

    /** An error of a field, or of the whole form if the field is null. */
    record Problem(
            @Nullable String field,
            @Nullable Object rejected,
            boolean bindingFailure,
            List<String> codes,
            List<@Nullable Object> arguments,
            @Nullable String message) {}

    /** An argument that a message source resolves, such as the field's name. */
    record Argument(
            List<String> codes,
            List<@Nullable Object> arguments,
            @Nullable String message) {}

    static BoundErrors of(BindingResult result, Predicate<Class<?>> allowed) {
        return new BoundErrors(
                result.getObjectName(),
                result.getTarget(),
                result.getAllErrors().stream()
                        .map(error -> problem(error, allowed))
                        .toList());
    }

    private static Problem problem(ObjectError error, Predicate<Class<?>> allowed) {
        FieldError field = error instanceof FieldError found ? found : null;
        Object rejected = field == null ? null : field.getRejectedValue();
        boolean isKept = rejected != null && (rejected instanceof Collection || allowed.test(rejected.getClass()));
        return new Problem(
                field == null ? null : field.getField(),
                isKept ? rejected : null,
                field != null && field.isBindingFailure(),
                texts(error.getCodes()),
                arguments(error.getArguments()),
                error.getDefaultMessage());
    }

    private static List<String> texts(String @Nullable [] texts) {
        return texts == null ? List.of() : Arrays.asList(texts);
    }

    /** Arguments end up in a message, so all but simple values are kept as text. */
    private static List<@Nullable Object> arguments(@Nullable Object @Nullable [] arguments) {
        List<@Nullable Object> kept = new ArrayList<>();
        for (Object argument : arguments == null ? new Object[0] : arguments) {
            if (argument instanceof MessageSourceResolvable named) {
                kept.add(new Argument(
                        texts(named.getCodes()), arguments(named.getArguments()), named.getDefaultMessage()));
            } else {
                boolean isPlain = argument == null
                        || argument instanceof Boolean
                        || argument instanceof Integer
                        || argument instanceof Long
                        || argument instanceof Double;
                kept.add(isPlain ? argument : Objects.toString(argument));
            }
        }
        return kept;
    }

    BindingResult result() {
        BindingResult result = target instanceof Map<?, ?> map
                ? new MapBindingResult(map, objectName)
                : new BeanPropertyBindingResult(target, objectName);
        for (Problem problem : problems) {
            String[] codes = problem.codes().toArray(new String[0]);
            Object[] arguments = arguments(problem.arguments());
            result.addError(
                    problem.field() == null
                            ? new ObjectError(objectName, codes, arguments, problem.message())
                            : new FieldError(
                                    objectName,
                                    problem.field(),
                                    problem.rejected(),
                                    problem.bindingFailure(),
                                    codes,
                                    arguments,
                                    problem.message()));
        }
        return result;
    }

    @SuppressWarnings("NullAway") // message arguments may be null, whatever ObjectError says
    private static Object[] arguments(List<@Nullable Object> kept) {
        return kept.stream()
                .map(argument -> argument instanceof Argument named
                        ? new DefaultMessageSourceResolvable(
                                named.codes().toArray(new String[0]), arguments(named.arguments()), named.message())
                        : argument)
                .toArray();
    }
}
