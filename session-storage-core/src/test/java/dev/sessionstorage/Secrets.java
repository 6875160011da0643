package dev.sessionstorage;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Looks for what must not be shown. */
final class Secrets {

    private Secrets() {}

    /** What a log would show of an exception: messages and stack traces of it and its causes. */
    static String everythingIn(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
