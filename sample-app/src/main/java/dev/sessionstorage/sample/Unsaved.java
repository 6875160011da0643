package dev.sessionstorage.sample;

import dev.sessionstorage.Session;
import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the input of a form that could not be saved. The next page with that field shows it again. Passwords are never kept.
 */
final class Unsaved {

    private static final List<String> FIELDS = List.of("username", "displayName", "packingNote");
    private static final int MAX_LENGTH = 1000;

    private Unsaved() {}

    static void keep(HttpServletRequest request) {
        for (String field : FIELDS) {
            String typed = request.getParameter(field);
            if (typed != null && !typed.isBlank() && typed.length() <= MAX_LENGTH) {
                RequestSession.of(request).flash(attribute(field), typed);
            }
        }
    }

    /** Returns the input once. */
    static @Nullable String take(Session session, String field) {
        return session.get(attribute(field), String.class);
    }

    static boolean isKept(Session session, String field) {
        return session.has(attribute(field));
    }

    private static String attribute(String field) {
        return "unsaved-" + field;
    }
}
