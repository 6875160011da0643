package dev.sessionstorage.sample;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/** The sign-up page's form. */
record SignUpForm(
        @NotBlank(message = "Tell us what to call you.")
        @Size(max = 60, message = "That is long: use 60 characters at most.")
        @Pattern(regexp = "\\P{Cc}*", message = "That name has a character in it that cannot be shown.")
        String displayName,

        @Username String username,
        @Password @Nullable String password) {}
