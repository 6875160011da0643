package dev.sessionstorage.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The session's cookie with browsers, caches and changed deployments: several cookies of one name, former cookies, cacheable
 * responses, and all spellings of a Cookie header.
 */
@SpringBootTest(
        classes = CookieKindsTest.Application.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "session.cookie.secrets=0123456789abcdef0123456789abcdef",
            "session.cookie.max-age=1h",
            "session.cookie.former[0].domain=example.org",
            "session.cookie.former[1].path=/old",
            "session.cookie.former[2].partitioned=true",
        })
class CookieKindsTest {

    private static final String NAME = "__Host-Http-session";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Duration DUE = Duration.ofMinutes(7);

    @Autowired
    private MovingClock clock;

    @LocalServerPort
    private int port;

    private String cookie = "";

    @BeforeEach
    void begin() throws Exception {
        cookie = pair(last(get("/count", "")));
    }

    // Several cookies of one name, and those of former deployments

    @Test
    void aDeadCookieInFrontLocksNobodyOut() throws Exception {
        String dead = cookie;
        get("/logout", dead);
        String live = pair(last(get("/count", dead)));

        HttpResponse<String> read = get("/read", dead + "; " + live);
        assertThat(read.body()).isEqualTo("1");
        assertThat(setCookies(read)).as("the browser has it").isEmpty();
        assertThat(get("/count", dead + "; " + live).body()).isEqualTo("2");

        String rotated = pair(last(get("/rotate", dead + "; " + live)));
        assertThat(get("/read", dead + "; " + rotated).body()).isEqualTo("2");
        assertThat(get("/read", dead + "; " + live).statusCode())
                .as("has to be repeated with the new id")
                .isEqualTo(409);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/count", "/explicit"})
    void theFormerCookiesAreExpiredBeforeTheCookieIsSent(String path) throws Exception {
        List<String> sent = setCookies(get(path, ""));

        assertThat(sent).hasSize(5);
        assertThat(sent.get(0)).startsWith("other=1");
        assertThat(sent.get(1)).startsWith("session=; Path=/; Domain=example.org; Max-Age=0; ");
        assertThat(sent.get(2)).startsWith("session=; Path=/old; Max-Age=0; ");
        assertThat(sent.get(3)).startsWith(NAME + "=; Path=/; Max-Age=0; ").contains("; Partitioned");
        assertThat(sent.get(4)).startsWith(NAME + "=I").doesNotContain("Partitioned");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/rotate", "/logout", "/logout-explicit"})
    void theFormerCookiesGoWithEachResponseThatSendsTheCookieOnce(String path) throws Exception {
        List<String> sent = setCookies(get(path, cookie));

        assertThat(sent).filteredOn(one -> one.startsWith("session=; ")).hasSize(2);
        assertThat(sent).filteredOn(one -> one.contains("; Partitioned")).hasSize(1);
        assertThat(last(sent)).startsWith(NAME + "=").doesNotContain("Partitioned");
        assertThat(sent).filteredOn(one -> one.startsWith(NAME)).hasSize(2);
    }

    /**
     * Like {@code deleteCookies} of Spring Security's logout: over plain HTTP its cookie is not Secure, and browsers reject it.
     */
    @Test
    void anotherHeaderThatExpiresTheCookieDoesNotStandForOurs() throws Exception {
        assertThat(setCookies(get("/logout", cookie, "Set-Cookie: " + NAME + "=; Max-Age=0; Path=/")))
                .filteredOn(one -> one.startsWith(NAME + "=; ") && !one.contains("Partitioned"))
                .hasSize(2)
                .last()
                .asString()
                .contains("Max-Age=0;", "; Secure");
    }

    @Test
    void theFormerCookiesGoWithNoOtherResponse() throws Exception {
        assertThat(setCookies(get("/read", cookie))).isEmpty();
        assertThat(setCookies(get("/count", cookie))).singleElement().asString().startsWith("other=1");
    }

    // Cacheable responses

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Cache-Control: public",
                "cache-control: PUBLIC, no-transform",
                "Cache-Control: s-maxage=60",
                "Cache-Control: max-age=60",
                "Cache-Control: S-MaxAge = \"60\"",
                "Cache-Control: no-transform | Cache-Control: immutable,max-age=31536000",
                "Cache-Control: community=\"private, no-store\", public",
                "Cache-Control: public, private=\"Set-Cookie\"",
                "Cache-Control: private | CDN-Cache-Control: max-age=60",
                "Surrogate-Control: max-age=60",
                "Expires: Fri, 31 Dec 9999 23:59:59 GMT"
            })
    void aSlideWaitsForAnAnswerThatIsNotPublicAndANewIdMakesItPrivate(String headers) throws Exception {
        clock.advance(DUE);
        HttpResponse<String> read = get("/read", cookie, headers);
        assertThat(read.body()).isEqualTo("1");
        assertThat(setCookies(read)).isEmpty();
        assertThat(lines(read)).containsAll(lines(headers));
        assertThat(read.headers().map()).doesNotContainKey("Vary");

        HttpResponse<String> next = get("/read", cookie);
        assertThat(last(next)).startsWith(cookie + ";").contains("; Max-Age=3600;");
        assertThat(next.headers().allValues("Cache-Control")).containsExactly("no-store");

        HttpResponse<String> rotated = get("/rotate", cookie, headers);
        assertThat(last(rotated)).startsWith(NAME + "=").doesNotStartWith(cookie);
        assertPrivate(rotated);
        assertPrivate(get("/explicit", "", headers));
        assertPrivate(get("/logout", pair(last(rotated)), headers));
    }

    @Test
    void aChangeOnAPublicAnswerIsStoredAllTheSame() throws Exception {
        clock.advance(DUE);
        assertThat(setCookies(get("/count", cookie, "Cache-Control: public")))
                .singleElement()
                .asString()
                .startsWith("other=1");
        assertThat(get("/read", cookie).body()).isEqualTo("2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "Cache-Control: private, max-age=60 > private, max-age=60",
                "Cache-Control: Private | Cache-Control: max-age=60 > Private,max-age=60",
                "Cache-Control: public, no-store > public, no-store",
                "Cache-Control: no-cache > no-store",
                "Cache-Control: max-age=0, must-revalidate > no-store",
                "X-Cache-Control-Of-Ours: public > no-store",
                "Expires: 0 > no-store",
                "Expires: Thu, 01 Jan 1970 00:00:00 GMT > no-store",
                "Expires: Fri, 31 Dec 9999 23:59:59 GMT | Cache-Control: no-cache > no-store"
            })
    void aSlideIsSentWithEveryOtherAnswer(String headers, String cacheControl) throws Exception {
        clock.advance(DUE);
        HttpResponse<String> read = get("/read", cookie, headers);

        assertThat(last(read)).startsWith(cookie + ";");
        assertThat(String.join(",", read.headers().allValues("Cache-Control"))).isEqualTo(cacheControl);
        assertThat(read.headers().allValues("Vary")).containsExactly("Cookie");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "Vary: X-Cookie-Consent > X-Cookie-Consent,Cookie",
                "Vary: Cookies, Set-Cookie > Cookies, Set-Cookie,Cookie",
                "Vary: Accept-Encoding | Vary: Accept > Accept-Encoding,Accept,Cookie",
                "Vary: Cookie > Cookie",
                "vary: cookie > cookie",
                "Vary: Accept,COOKIE , Origin > Accept,COOKIE , Origin",
                "Vary: Accept | Vary: cookie > Accept,cookie",
                "Vary: * > *"
            })
    void varyNamesTheCookieOnce(String headers, String vary) throws Exception {
        assertThat(String.join(",", get("/count", "", headers).headers().allValues("Vary")))
                .isEqualTo(vary);
    }

    // Spellings of the Cookie header

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COOKIE",
                "a=b; COOKIE; c=d",
                "a=b;COOKIE;c=d",
                "junk; COOKIE",
                "junk;;=; COOKIE ;",
                "__Host-Http-session-flash=1; COOKIE",
                "__Host-Http-session-flash=1; __Host-Http-session-flash=2; COOKIE",
                "__host-http-session=x; __HOST-HTTP-SESSION=x; COOKIE",
                "a=b | COOKIE",
                "COOKIE | a=b",
                "a=b | c=d | COOKIE",
                "__Host-Http-session=forged | COOKIE"
            })
    void theCookieIsFoundInWhateverHeadersTheRequestHas(String headers) throws Exception {
        HttpResponse<String> read = get("/read", headers.replace("COOKIE", cookie));

        assertThat(read.body()).isEqualTo("1");
        assertThat(setCookies(read)).isEmpty();
    }

    @Test
    void aQuotedValueIsTheSame() throws Exception {
        String quoted = cookie.replace("=I", "=\"I") + "\"";

        assertThat(get("/read", quoted).body()).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"__host-http-session", "__Host-Http-Session", "session", "__Host-Http-session-flash"})
    void underAnotherNameItIsNone(String name) throws Exception {
        assertThat(get("/read", cookie.replace(NAME, name)).body()).isEqualTo("null");
    }

    private void assertPrivate(HttpResponse<String> response) {
        assertThat(last(response)).startsWith(NAME + "=");
        response.headers().map().forEach((name, values) -> {
            if (SharedCaching.isCacheControl(name)) {
                assertThat(values).as(name).hasSize(1).isSubsetOf("no-store", "private");
            }
        });
        assertThat(response.headers().allValues("Cache-Control")).hasSize(1);
    }

    private HttpResponse<String> get(String path, String cookies) throws Exception {
        return get(path, cookies, "");
    }

    /** Sends cookies, with one header per bar-separated part, and tells the handler which headers to send. */
    private HttpResponse<String> get(String path, String cookies, String headers) throws Exception {
        String query = URLEncoder.encode(headers, StandardCharsets.UTF_8);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path + "?headers=" + query));
        Arrays.stream(cookies.split(" \\| ", -1))
                .filter(one -> !one.isEmpty())
                .forEach(one -> request.header("Cookie", one));
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static List<String> setCookies(HttpResponse<?> response) {
        return response.headers().allValues("Set-Cookie");
    }

    private static String last(HttpResponse<?> response) {
        assertThat(setCookies(response))
                .as(() -> response + " " + response.body() + " " + response.headers())
                .isNotEmpty();
        return last(setCookies(response));
    }

    private static String last(List<String> setCookies) {
        return setCookies.get(setCookies.size() - 1);
    }

    private static String pair(String setCookie) {
        return setCookie.substring(0, setCookie.indexOf(';'));
    }

    private static List<String> lines(String headers) {
        return Arrays.stream(headers.split(" \\| ", -1))
                .map(line -> line.substring(0, line.indexOf(':')).toLowerCase(java.util.Locale.ROOT)
                        + line.substring(line.indexOf(':')))
                .toList();
    }

    private static List<String> lines(HttpResponse<?> response) {
        return response.headers().map().entrySet().stream()
                .flatMap(header -> header.getValue().stream()
                        .map(value -> header.getKey().toLowerCase(java.util.Locale.ROOT) + ": " + value))
                .collect(Collectors.toList());
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Pages.class)
    static class Application {

        @Bean
        MovingClock movingClock() {
            return new MovingClock();
        }

        @Bean
        InMemorySessionDataRepository repository(Clock clock) {
            return new InMemorySessionDataRepository(clock, 1_000);
        }
    }

    static final class MovingClock extends Clock {

        private volatile Instant now = Instant.now();

        void advance(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(@Nullable ZoneId zone) {
            return this;
        }
    }

    @RestController
    static class Pages {

        private final SessionStorage storage;

        Pages(SessionStorage storage) {
            this.storage = storage;
        }

        /** Adds headers, as a handler, an interceptor or an earlier filter might. */
        @ModelAttribute
        void addHeaders(@RequestParam String headers, HttpServletResponse response) {
            Arrays.stream(headers.split(" \\| ", -1))
                    .filter(line -> line.contains(":"))
                    .forEach(line -> {
                        int colon = line.indexOf(':');
                        response.addHeader(
                                line.substring(0, colon),
                                line.substring(colon + 1).trim());
                    });
        }

        @RequestMapping("/read")
        String read(@CurrentSession Session session) {
            return String.valueOf(session.get("count"));
        }

        @RequestMapping("/count")
        String count(@CurrentSession Session session, HttpServletResponse response) {
            response.addHeader(HttpHeaders.SET_COOKIE, "other=1");
            return String.valueOf(session.update("count", Integer.class, n -> n == null ? 1 : n + 1));
        }

        @RequestMapping("/explicit")
        String explicit(@CurrentSession Session session, HttpServletResponse response) throws IOException {
            session.set("count", 1);
            response.addHeader(HttpHeaders.SET_COOKIE, storage.commitSession(session));
            response.addHeader(HttpHeaders.SET_COOKIE, "other=1");
            return "";
        }

        @RequestMapping("/rotate")
        String rotate(@CurrentSession Session session) {
            session.rotateId();
            return "";
        }

        @RequestMapping("/logout")
        String logout(@CurrentSession Session session) {
            storage.destroySession(session);
            return "";
        }

        @RequestMapping("/logout-explicit")
        String logoutExplicitly(@CurrentSession Session session, HttpServletResponse response) {
            response.addHeader(HttpHeaders.SET_COOKIE, storage.destroySession(session));
            return "";
        }
    }
}
