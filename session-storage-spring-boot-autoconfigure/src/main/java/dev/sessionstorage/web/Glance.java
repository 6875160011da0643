package dev.sessionstorage.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Recognizes HEAD and prefetch requests, whose response the user may never see. */
final class Glance {

    /** The standard header, then those of older Chromium and Safari, then that of older Firefox. */
    private static final List<String> PURPOSES = List.of("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz");

    private Glance() {}

    static boolean is(HttpServletRequest request) {
        return method(request).equals("HEAD")
                || PURPOSES.stream().anyMatch(name -> isInAdvance(request.getHeader(name)));
    }

    /** The method that the client sent. In an error dispatch the request's own method is always GET. */
    static String method(HttpServletRequest request) {
        Object method = request.getAttribute(RequestDispatcher.ERROR_METHOD);
        return method == null ? request.getMethod() : method.toString();
    }

    /** The standard header's value may have parameters, as in {@code prefetch;prerender}. */
    private static boolean isInAdvance(@Nullable String purpose) {
        if (purpose == null) {
            return false;
        }
        String value = purpose.strip().toLowerCase(Locale.ROOT);
        return value.startsWith("prefetch") || value.startsWith("prerender") || value.startsWith("preview");
    }
}
