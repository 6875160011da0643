package dev.sessionstorage.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.Collections;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Warns once if a {@code Secure} cookie is sent over plain HTTP: browsers drop it, so each request starts a new session. */
final class PlainHttpWarning {

    private static final Log LOG = LogFactory.getLog(SessionFilter.class);

    private final AtomicBoolean said = new AtomicBoolean();

    void check(HttpServletRequest request, Collection<String> cookies) {
        if (!said.get()
                && cookies.stream().anyMatch(cookie -> cookie.contains("; Secure"))
                && isPlain(request)
                && !said.getAndSet(true)) {
            LOG.warn("A session's cookie with the attribute Secure has been sent over plain http. Browsers drop it,"
                    + " except from localhost, so each of their requests begins a new session. Serve https; behind"
                    + " a proxy that does, let it send X-Forwarded-Proto and set server.forward-headers-strategy;"
                    + " for http alone, as in tests, set session.cookie.secure=false. Only the first one is"
                    + " reported");
        }
    }

    /** False if a proxy says that the browser uses HTTPS, even if the application ignores forwarded headers. */
    private static boolean isPlain(HttpServletRequest request) {
        return !request.isSecure()
                && !isLocal(request.getServerName().toLowerCase(Locale.ROOT))
                && !says(request, "X-Forwarded-Proto", "https")
                && !says(request, "X-Forwarded-Ssl", "on")
                && !says(request, "Forwarded", "proto=https");
    }

    /** The hosts that browsers trust without HTTPS (W3C Secure Contexts, 3.1). */
    private static boolean isLocal(String host) {
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || host.matches("127(\\.\\d+){3}")
                || host.matches("\\[?(::1|0:0:0:0:0:0:0:1)]?");
    }

    private static boolean says(HttpServletRequest request, String header, String value) {
        return Collections.list(request.getHeaders(header)).stream()
                .anyMatch(
                        sent -> sent.toLowerCase(Locale.ROOT).replace("\"", "").contains(value));
    }
}
