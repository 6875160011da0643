package dev.sessionstorage.sample;

import jakarta.validation.constraints.NotBlank;

/** What the log-in page asks for. */
record LogInForm(@NotBlank(message = "Enter your username.") String username) {}
