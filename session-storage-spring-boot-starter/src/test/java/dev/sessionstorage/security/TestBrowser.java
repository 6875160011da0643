package dev.sessionstorage.security;

import dev.sessionstorage.jpa.CountingDataSource;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Handles cookies, forms and redirects like a browser. It sends Secure cookies to localhost, as real ones do. */
public final class TestBrowser {

    public static final String SESSION = "__Host-Http-session";

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    /** The cookies of localhost, which all its ports share. */
    private final Map<String, String> cookies = new LinkedHashMap<>();

    private URI address;
    private @Nullable HttpResponse<String> last;

    public TestBrowser(int port) {
        this.address = URI.create("http://localhost:" + port + "/");
    }

    public Map<String, String> cookies() {
        return cookies;
    }

    public String session() {
        return cookies.getOrDefault(SESSION, "");
    }

    /** Returns the path and query of the current page. */
    String at() {
        return address.getPath() + (address.getQuery() == null ? "" : "?" + address.getQuery());
    }

    HttpResponse<String> last() {
        return Objects.requireNonNull(last);
    }

    String body() {
        return last().body();
    }

    /** Returns the CSRF token of the current page, "" if it has none. */
    String csrf() {
        Matcher token = CSRF.matcher(body());
        return token.find() ? token.group(1) : "";
    }

    public int status() {
        return last().statusCode();
    }

    /** Opens a page and follows redirects. */
    TestBrowser open(String path) throws IOException, InterruptedException {
        send(HttpRequest.newBuilder(address.resolve(path)));
        return follow();
    }

    /** Opens a page without following redirects. */
    public HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    /** Sends a request without a body. */
    HttpResponse<String> request(String method, String path, String... headers)
            throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(address.resolve(path))
                .headers(headers)
                .method(method, HttpRequest.BodyPublishers.noBody()));
    }

    /** Submits a form with the current page's CSRF token, if it has one, and follows redirects. */
    TestBrowser submit(String path, Map<String, String> fields) throws IOException, InterruptedException {
        Map<String, String> all = new LinkedHashMap<>(fields);
        all.put("_csrf", csrf());
        post(path, all);
        return follow();
    }

    HttpResponse<String> post(String path, Map<String, String> fields) throws IOException, InterruptedException {
        String form = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return send(HttpRequest.newBuilder(address.resolve(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    TestBrowser logIn(String name, String... fields) throws IOException, InterruptedException {
        Map<String, String> form = new LinkedHashMap<>(Map.of("username", name, "password", name + "'s password"));
        for (String field : fields) {
            form.put(field, "on");
        }
        return open("/login").submit("/login", form);
    }

    /** Returns the database statements that a page causes. */
    List<String> statements(DataSource counted, String path) throws IOException, InterruptedException {
        CountingDataSource counting = (CountingDataSource) counted;
        int before = counting.statements().size();
        get(path);
        List<String> all = counting.statements();
        return all.subList(before, all.size());
    }

    private TestBrowser follow() throws IOException, InterruptedException {
        while (status() / 100 == 3) {
            send(HttpRequest.newBuilder(
                    address.resolve(last().headers().firstValue("Location").orElseThrow())));
        }
        return this;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        if (!cookies.isEmpty()) {
            request.header(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
        if (request.copy().build().headers().firstValue("Accept").isEmpty()) {
            request.header("Accept", "text/html");
        }
        HttpResponse<String> response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        response.headers().allValues("Set-Cookie").forEach(this::keep);
        address = response.uri();
        last = response;
        return response;
    }

    private void keep(String header) {
        String name = header.substring(0, header.indexOf('='));
        if (header.contains("Max-Age=0")) {
            cookies.remove(name);
        } else {
            cookies.put(name, header.substring(header.indexOf('=') + 1, header.indexOf(';')));
        }
    }
}
