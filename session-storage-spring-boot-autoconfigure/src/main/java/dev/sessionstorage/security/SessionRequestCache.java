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
 * Remembers in the session which page a user wanted before the login. Only the address is stored: headers and cookies of a
 * request hold secrets, the session's own id among them, and a page is asked for again by its address alone.
 */
public final class SessionRequestCache implements RequestCache {

    private static final String ATTRIBUTE = "SPRING_SECURITY_SAVED_REQUEST";
    private static final String NONE = "";

    /** What browsers say that they show: a page, or one in another. */
    private static final Set<String> SHOWN = Set.of("document", "iframe", "frame");

    private final RequestMatcher pages;

    /**
     * A cache in the sessions of {@link RequestSession}.
     *
     * @param pages the requests worth remembering; must match no request but those that can be repeated by their address
     */
    public SessionRequestCache(RequestMatcher pages) {
        this.pages = pages;
    }

    /**
     * The pages that Spring Security remembers by default: what a browser asked for with GET to show it. Where it says what it
     * wants (Fetch Metadata), images, manifests, scripts and requests of scripts are none, nor is what it fetches in advance.
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

    /** The wanted page, which is forgotten with the login that leads there. */
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

    /** Whatever it is by now: to remove what was read would be a conflict if another tab has asked for a page since. */
    private static void forget(RequestSession session) {
        session.update(ATTRIBUTE, String.class, present -> NONE);
    }

    /** Nothing has to be restored, so a request is never replaced, and never costs a round trip either. */
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
