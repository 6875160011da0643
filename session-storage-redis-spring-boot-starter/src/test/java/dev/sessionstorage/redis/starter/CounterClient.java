package dev.sessionstorage.redis.starter;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;

/** Sends requests to a {@link CounterApplication}. */
final class CounterClient {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final int port;

    CounterClient(int port) {
        this.port = port;
    }

    HttpResponse<String> send(String method, String path, String cookie) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(PATIENCE)
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Returns the cookie of a response, as a browser sends it back. */
    static String cookie(HttpResponse<String> response) {
        String header = response.headers().firstValue("Set-Cookie").orElseThrow();
        return header.substring(0, header.indexOf(';'));
    }

    /** Returns the session id in a cookie. */
    static String id(String cookie) {
        String value = URLDecoder.decode(cookie.substring(cookie.indexOf('=') + 1), UTF_8);
        byte[] json = Base64.getDecoder().decode(value.substring(0, value.indexOf('.')));
        return new String(json, UTF_8).replace("\"", "");
    }
}
