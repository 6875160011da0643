package dev.sessionstorage.sample;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.ReportAsSingleViolation;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A valid username for an account. It excludes letters that look like others. */
@NotNull
@Pattern(regexp = "[A-Za-z0-9._-]{2,32}")
@ReportAsSingleViolation
@Constraint(validatedBy = {})
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@interface Username {

    String message() default "Use 2 to 32 letters from a to z, digits, dots, dashes or underscores.";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};
}
