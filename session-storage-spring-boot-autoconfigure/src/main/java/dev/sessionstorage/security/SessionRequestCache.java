package dev.sessionstorage.security;

import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.web.savedrequest.RequestCache;
import org.springframework.security.web.savedrequest.SavedRequest;
import org.springframework.security.web.savedrequest.SimpleSavedRequest;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.UrlUtils;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;
import org.springframework.security.web.util.matcher.NegatedRequestMatcher;
import org.springframework.security.web.util.matcher.RequestHeaderRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Remembers in the session which page the user wanted before the login. Only the URL is stored: it is enough to request the
 * page again, while headers and cookies hold secrets, among them the session's own id.
 */
public final class SessionRequestCache implements RequestCache {

    private static final String ATTRIBUTE = "SPRING_SECURITY_SAVED_REQUEST";
    private static final String NONE = "";

    /** The values of {@code Sec-Fetch-Dest} for a page or a frame. */
    private static final Set<String> SHOWN = Set.of("document", "iframe", "frame");

    private final RequestMatcher pages;

    /**
     * Creates a cache in the sessions of {@link RequestSession}.
     *
     * @param pages the requests to remember; it must match only requests that their URL alone can repeat
     */
    public SessionRequestCache(RequestMatcher pages) {
        this.pages = pages;
    }

    /**
     * Matches the requests that Spring Security remembers by default: GET requests for a page. Fetch Metadata, if sent, rules
     * out images, manifests, scripts and requests of scripts. Prefetches are ruled out too.
     *
     * @return a matcher
     */
    public static RequestMatcher pages() {
        MediaTypeRequestMatcher json = new MediaTypeRequestMatcher(MediaType.APPLICATION_JSON);
        json.setIgnoredMediaTypes(Set.of(MediaType.ALL));
        MediaTypeRequestMatcher events = new MediaTypeRequestMatcher(MediaType.TEXT_EVENT_STREAM);
        events.setIgnoredMediaTypes(Set.of(MediaType.ALL));
        return new AndRequestMatcher(
                request -> request.getMethod().equals("GET") && request.getDispatcherType() == DispatcherType.REQUEST,
                SessionRequestCache::isNavigation,
                new NegatedRequestMatcher(PathPatternRequestMatcher.pathPattern("/favicon.*")),
                new NegatedRequestMatcher(json),
                new NegatedRequestMatcher(events),
                new NegatedRequestMatcher(new RequestHeaderRequestMatcher("X-Requested-With", "XMLHttpRequest")),
                new NegatedRequestMatcher(new RequestHeaderRequestMatcher("Upgrade", "websocket")));
    }

    private static boolean isNavigation(HttpServletRequest request) {
        String mode = request.getHeader("Sec-Fetch-Mode");
        String destination = request.getHeader("Sec-Fetch-Dest");
        RequestSession session = RequestSession.find(request);
        return (mode == null || mode.equals("navigate"))
                && (destination == null || SHOWN.contains(destination))
                && (session == null || session.isSeen());
    }

    @Override
    public void saveRequest(HttpServletRequest request, HttpServletResponse response) {
        if (pages.matches(request)) {
            RequestSession.of(request).set(ATTRIBUTE, UrlUtils.buildFullRequestUrl(request));
        }
    }

    /** Returns the wanted page. The login that leads there forgets it. */
    @Override
    public @Nullable SavedRequest getRequest(HttpServletRequest request, HttpServletResponse response) {
        RequestSession session = RequestSession.of(request);
        String address = session.get(ATTRIBUTE, String.class);
        if (address == null || address.equals(NONE)) {
            return null;
        }
        if (PrincipalSessionRegistry.isLoggingIn(request)) {
            forget(session);
        }
        return new SimpleSavedRequest(address);
    }

    /**
     * Forgets the page, whichever it is by now. An unset after the read would be a conflict if another tab has asked for a page
     * since.
     */
    private static void forget(RequestSession session) {
        session.update(ATTRIBUTE, String.class, present -> NONE);
    }

    /** Always null: nothing of the request is restored, so this costs no round trip. */
    @Override
    public @Nullable HttpServletRequest getMatchingRequest(HttpServletRequest request, HttpServletResponse response) {
        return null;
    }

    @Override
    public void removeRequest(HttpServletRequest request, HttpServletResponse response) {
        RequestSession session = RequestSession.of(request);
        if (session.has(ATTRIBUTE)) {
            forget(session);
        }
    }
}
