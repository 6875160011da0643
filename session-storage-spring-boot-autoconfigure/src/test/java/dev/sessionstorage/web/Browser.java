package dev.sessionstorage.web;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;

/** A client that keeps one cookie, like a browser. */
final class Browser {

    static final String COOKIE = "__Host-Http-session";

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final int port;
    private String cookie;

    Browser(int port, String cookie) {
        this.port = port;
        this.cookie = cookie;
    }

    int port() {
        return port;
    }

    /** Returns the cookie as "name=value", or "" if there is none. */
    String cookie() {
        return cookie;
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return get(path, "*/*");
    }

    HttpResponse<String> get(String path, String accept) throws IOException, InterruptedException {
        return send("GET", path, accept);
    }

    HttpResponse<String> send(String method, String path, String accept) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Accept", accept);
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        HttpResponse<String> response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        setCookie(response).ifPresent(header -> {
            String pair = header.substring(0, header.indexOf(';'));
            cookie = header.contains("Max-Age=0") ? "" : pair;
        });
        return response;
    }

    static List<String> setCookies(HttpResponse<?> response) {
        return response.headers().allValues("Set-Cookie");
    }

    private static Optional<String> setCookie(HttpResponse<?> response) {
        return setCookies(response).stream()
                .filter(header -> header.startsWith(COOKIE + "="))
                .reduce((first, last) -> last);
    }
}
