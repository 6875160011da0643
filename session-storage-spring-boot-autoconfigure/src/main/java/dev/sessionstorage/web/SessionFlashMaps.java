package dev.sessionstorage.web;

import dev.sessionstorage.SessionCookie;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.util.MultiValueMap;
import org.springframework.util.StringUtils;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.FlashMap;
import org.springframework.web.servlet.support.AbstractFlashMapManager;
import org.springframework.web.util.WebUtils;
import tools.jackson.databind.util.TokenBuffer;

/**
 * Keeps Spring MVC's flash attributes in the session. Spring MVC asks for them in every request. The marker cookie
 * {@code <session cookie's name>-flash} says only whether there are any, so a request without them costs no round trip.
 */
public final class SessionFlashMaps extends AbstractFlashMapManager {

    private static final String ATTRIBUTE = "SPRING_FLASH_MAPS";
    private static final String READ = SessionFlashMaps.class.getName() + ".READ";
    private static final String PREPARED = SessionFlashMaps.class.getName() + ".PREPARED";

    private final SessionCookie cookie;
    private final String markerName;
    private final TypedJson json;

    private record Stored(
            @Nullable String path,
            Map<String, List<String>> parameters,
            long expires,
            Map<String, TokenBuffer> attributes) {}

    /**
     * Creates a flash map manager. Its bean must be named {@code flashMapManager}.
     *
     * @param cookie the session's cookie, from whose name and attributes the marker's are derived
     * @param types the classes that flash attributes may have
     */
    public SessionFlashMaps(SessionCookie cookie, AllowedTypes types) {
        this.cookie = cookie;
        this.markerName = cookie.name() + "-flash";
        this.json = new TypedJson(types);
    }

    @Override
    @SuppressWarnings("unchecked")
    protected @Nullable List<FlashMap> retrieveFlashMaps(HttpServletRequest request) {
        if (request.getAttribute(PREPARED) instanceof List<?> prepared) {
            request.removeAttribute(PREPARED);
            return (List<FlashMap>) prepared;
        }
        // An unreadable session must not break the error page; the flash attributes wait for the next page.
        if (WebUtils.getCookie(request, markerName) == null || request.getDispatcherType() == DispatcherType.ERROR) {
            return null;
        }
        TokenBuffer stored = RequestSession.of(request).get(ATTRIBUTE, TokenBuffer.class);
        IdentityHashMap<FlashMap, String> read = new IdentityHashMap<>();
        List<FlashMap> maps = new ArrayList<>();
        for (Stored one : all(stored)) {
            FlashMap map = flashMap(one);
            read.put(map, json.text(one));
            maps.add(map);
        }
        request.setAttribute(READ, read);
        return maps;
    }

    /** Applies only what this request has added and removed, so that a concurrent request's flash attributes are not lost. */
    @Override
    @SuppressWarnings("unchecked")
    protected void updateFlashMaps(List<FlashMap> maps, HttpServletRequest request, HttpServletResponse response) {
        if (isPreparedByATest(request)) {
            request.setAttribute(PREPARED, maps);
            return;
        }
        IdentityHashMap<FlashMap, String> read = request.getAttribute(READ) instanceof IdentityHashMap<?, ?> found
                ? (IdentityHashMap<FlashMap, String>) found
                : new IdentityHashMap<>();
        List<Stored> added = maps.stream()
                .filter(map -> !read.containsKey(map))
                .map(this::stored)
                .toList();
        IdentityHashMap<FlashMap, String> removed = new IdentityHashMap<>(read);
        maps.forEach(removed::remove);
        List<String> consumed = List.copyOf(removed.values());
        if (added.isEmpty()
                && (consumed.isEmpty() || !RequestSession.of(request).isSeen())) {
            return;
        }
        RequestSession.of(request).update(ATTRIBUTE, TokenBuffer.class, present -> changed(present, consumed, added));
        if (!added.isEmpty()) {
            response.addHeader(HttpHeaders.SET_COOKIE, marker());
        }
    }

    /** MockMvc's {@code flashAttr} runs before any filter. */
    private static boolean isPreparedByATest(HttpServletRequest request) {
        return RequestSession.find(request) == null
                && request.getAttribute(DispatcherServlet.WEB_APPLICATION_CONTEXT_ATTRIBUTE) == null;
    }

    /** Requests share no flash maps, so no mutex is needed; the commit resolves conflicts. */
    @Override
    protected @Nullable Object getFlashMapsMutex(HttpServletRequest request) {
        return null;
    }

    /** Removed flash maps are identified by their JSON. */
    private TokenBuffer changed(@Nullable TokenBuffer present, List<String> removed, List<Stored> added) {
        List<Stored> all = new ArrayList<>(all(present));
        all.removeIf(one -> removed.contains(json.text(one)));
        all.addAll(added);
        return json.buffer(all);
    }

    private List<Stored> all(@Nullable TokenBuffer stored) {
        return stored == null ? List.of() : List.of(json.known(stored, Stored[].class));
    }

    private Stored stored(FlashMap map) {
        Map<String, TokenBuffer> attributes = new LinkedHashMap<>();
        map.forEach((name, value) -> attributes.put(name, json.write("flash attribute '" + name + "'", value)));
        return new Stored(
                map.getTargetRequestPath(), map.getTargetRequestParams(), map.getExpirationTime(), attributes);
    }

    private FlashMap flashMap(Stored stored) {
        FlashMap map = new FlashMap();
        map.setTargetRequestPath(stored.path());
        map.addTargetRequestParams(MultiValueMap.fromMultiValue(stored.parameters()));
        map.setExpirationTime(stored.expires());
        stored.attributes().forEach((name, value) -> {
            Object object = json.read("flash attribute '" + name + "'", value);
            if (object != null) {
                map.put(name, object);
            }
        });
        return map;
    }

    /** The marker expires but is never deleted: another tab may have added flash attributes meanwhile. */
    private String marker() {
        return ResponseCookie.from(markerName, "1")
                .path(cookie.path())
                .domain(cookie.domain())
                .secure(cookie.secure())
                .httpOnly(true)
                .sameSite(StringUtils.capitalize(cookie.sameSite().name().toLowerCase(Locale.ROOT)))
                .partitioned(cookie.partitioned())
                .maxAge(Duration.ofSeconds(getFlashMapTimeout()))
                .build()
                .toString();
    }
}
