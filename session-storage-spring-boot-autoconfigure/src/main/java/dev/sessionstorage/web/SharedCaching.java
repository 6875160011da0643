package dev.sessionstorage.web;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Reads what a response's headers tell shared caches (RFC 9111). */
final class SharedCaching {

    private SharedCaching() {}

    /** Whether the header is {@code Cache-Control}, or its equivalent for one kind of cache (RFC 9213). */
    static boolean isCacheControl(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return name.equals("cache-control") || name.endsWith("-cache-control") || name.equals("surrogate-control");
    }

    /** Whether such a header keeps the response out of shared caches. The strictest directive wins. */
    static boolean isForbidden(Collection<String> values) {
        List<String> directives = elements(values);
        return directives.contains("no-store") || directives.contains("private");
    }

    /** Whether such a header lets shared caches serve the response to other users. */
    static boolean isWanted(Collection<String> values) {
        return !isForbidden(values) && elements(values).stream().anyMatch(SharedCaching::isForSharing);
    }

    private static boolean isForSharing(String directive) {
        return directive.equals("public")
                || ((directive.startsWith("s-maxage=") || directive.startsWith("max-age="))
                        && !directive.replace("\"", "").endsWith("=0"));
    }

    /** Whether {@code Expires}, in the absence of {@code Cache-Control}, lets them do so. An invalid date counts as expired. */
    static boolean isStillFresh(@Nullable String expires) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.EXPIRES, expires);
        return headers.getExpires() > System.currentTimeMillis();
    }

    /** Whether the values of {@code Vary} tell caches that the answer depends on the cookies. */
    static boolean variesByCookie(Collection<String> values) {
        List<String> names = elements(values);
        return names.contains("cookie") || names.contains("*");
    }

    /** The elements of a header's lists, in lower case and without spaces. A quoted comma does not separate. */
    private static List<String> elements(Collection<String> values) {
        List<String> elements = new ArrayList<>();
        for (String value : values) {
            StringBuilder element = new StringBuilder();
            boolean quoted = false;
            for (char c : (value + ",").toCharArray()) {
                quoted ^= c == '"';
                if (c == ',' && !quoted) {
                    elements.add(element.toString().toLowerCase(Locale.ROOT));
                    element.setLength(0);
                } else if (c != ' ' && c != '\t') {
                    element.append(c);
                }
            }
        }
        return elements;
    }
}
