package dev.sessionstorage.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request whose answer nobody may ever see. */
final class Glance {

    /** Of the standard, of older Chromium and Safari, and of older Firefox. */
    private static final List<String> PURPOSES = List.of("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz");

    private Glance() {}

    static boolean is(HttpServletRequest request) {
        return method(request).equals("HEAD")
                || PURPOSES.stream().anyMatch(name -> isInAdvance(request.getHeader(name)));
    }

    /** What the client has sent: the container asks for an error page with GET, whatever failed. */
    static String method(HttpServletRequest request) {
        Object method = request.getAttribute(RequestDispatcher.ERROR_METHOD);
        return method == null ? request.getMethod() : method.toString();
    }

    /** The standard's value may be followed by parameters, as in {@code prefetch;prerender}. */
    private static boolean isInAdvance(@Nullable String purpose) {
        if (purpose == null) {
            return false;
        }
        String value = purpose.strip().toLowerCase(Locale.ROOT);
        return value.startsWith("prefetch") || value.startsWith("prerender") || value.startsWith("preview");
    }
}
