package dev.sessionstorage.web;

import jakarta.servlet.http.HttpServletResponse;
import java.util.Collection;
import java.util.List;
import org.springframework.http.HttpHeaders;

/** Adds the session's cookie to a response, and keeps that response out of shared caches. */
final class ResponseHeaders {

    private ResponseHeaders() {}

    /** Whether the cookie can be sent without making a publicly cacheable response private. */
    static boolean mayCarryCookie(HttpServletResponse response) {
        List<String> names = response.getHeaderNames().stream()
                .filter(SharedCaching::isCacheControl)
                .toList();
        return names.isEmpty()
                ? !SharedCaching.isStillFresh(response.getHeader(HttpHeaders.EXPIRES))
                : names.stream().noneMatch(name -> SharedCaching.isWanted(response.getHeaders(name)));
    }

    /** Returns all Set-Cookie headers, or none if the response does not set the session's cookie. */
    static List<String> complete(HttpServletResponse response, SetCookies setCookies) {
        Collection<String> present = response.getHeaders(HttpHeaders.SET_COOKIE);
        List<String> complete = setCookies.complete(present);
        if (complete.isEmpty()) {
            return complete;
        }
        if (!complete.equals(List.copyOf(present))) {
            // Containers cannot remove a single Set-Cookie header, so all are set again.
            response.setHeader(HttpHeaders.SET_COOKIE, complete.get(0));
            complete.stream().skip(1).forEach(cookie -> response.addHeader(HttpHeaders.SET_COOKIE, cookie));
        }
        keepOutOfSharedCaches(response);
        return complete;
    }

    private static void keepOutOfSharedCaches(HttpServletResponse response) {
        if (!response.containsHeader(HttpHeaders.CACHE_CONTROL)) {
            response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        }
        List.copyOf(response.getHeaderNames()).stream()
                .filter(SharedCaching::isCacheControl)
                .filter(name -> !SharedCaching.isForbidden(response.getHeaders(name)))
                .forEach(name -> response.setHeader(name, "no-store"));
        if (!SharedCaching.variesByCookie(response.getHeaders(HttpHeaders.VARY))) {
            response.addHeader(HttpHeaders.VARY, HttpHeaders.COOKIE);
        }
    }
}
