package dev.sessionstorage.sample;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A valid password for an account. */
@Constraint(validatedBy = Password.Length.class)
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@interface Password {

    String message() default "Use at least 10 characters, and not more than 72.";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Limits the length, because bcrypt hashes only the first 72 bytes. */
    final class Length implements ConstraintValidator<Password, String> {

        @Override
        public boolean isValid(@Nullable String password, ConstraintValidatorContext context) {
            return password != null
                    && password.length() >= 10
                    && password.getBytes(StandardCharsets.UTF_8).length <= 72;
        }
    }
}
