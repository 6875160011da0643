package dev.sessionstorage.sample;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/** The account page's form. */
record PackingNoteForm(
        @NotNull
        @Size(max = PackingNoteForm.MAX_LENGTH, message = "That is long: use 300 characters at most.")
        @Pattern(regexp = "[\\P{Cc}\\s]*", message = "That note has a character in it that cannot be shown.")
        String packingNote) {

    static final int MAX_LENGTH = 300;
}
