package dev.sessionstorage;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Collects the texts in which secrets must not appear. */
final class Secrets {

    private Secrets() {}

    /** Everything that a log would show of an exception: the messages and stack traces of it and its causes. */
    static String everythingIn(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
