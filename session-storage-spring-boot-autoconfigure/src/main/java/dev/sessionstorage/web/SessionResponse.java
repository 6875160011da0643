package dev.sessionstorage.web;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/** Commits the request's session before any call that may commit the response. */
final class SessionResponse extends HttpServletResponseWrapper {

    /** Larger than almost any page. Tomcat's default buffer holds 8 KB. */
    private static final int PAGE_BYTES = 128 * 1024;

    private final RequestSession session;
    private final Consumer<Collection<String>> onCookies;
    private boolean bodyBegun;

    SessionResponse(HttpServletResponse response, RequestSession session, Consumer<Collection<String>> onCookies) {
        super(response);
        this.session = session;
        this.onCookies = onCookies;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        beforeBody();
        return super.getOutputStream();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        beforeBody();
        return super.getWriter();
    }

    @Override
    public void flushBuffer() throws IOException {
        beforeCommit();
        super.flushBuffer();
    }

    @Override
    public void sendError(int status) throws IOException {
        beforeError(status);
        super.sendError(status);
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        beforeError(status);
        super.sendError(status, message);
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        beforeCommit();
        super.sendRedirect(location);
    }

    @Override
    public void sendRedirect(String location, boolean clearBuffer) throws IOException {
        beforeCommit();
        super.sendRedirect(location, clearBuffer);
    }

    @Override
    public void sendRedirect(String location, int status) throws IOException {
        beforeCommit();
        super.sendRedirect(location, status);
    }

    @Override
    public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
        beforeCommit();
        super.sendRedirect(location, status, clearBuffer);
    }

    /** A reset discards the response but not the commit, so the session's cookie stays. */
    @Override
    public void reset() {
        List<String> cookies = session.cookies().ofSession(getHeaders(HttpHeaders.SET_COOKIE));
        super.reset();
        cookies.forEach(cookie -> addHeader(HttpHeaders.SET_COOKIE, cookie));
    }

    /**
     * A page may start its session halfway, for instance with the CSRF token of its first form. A larger buffer holds the
     * headers back until then.
     */
    private void beforeBody() {
        beforeCommit();
        if (!bodyBegun && isPage(getContentType()) && !session.isKnownToLive() && getBufferSize() < PAGE_BYTES) {
            setBufferSize(PAGE_BYTES);
        }
        bodyBegun = true;
        session.bodyBegins();
    }

    private static boolean isPage(@Nullable String type) {
        return type != null
                && (isOfType(type, MediaType.TEXT_HTML_VALUE) || isOfType(type, MediaType.APPLICATION_XHTML_XML_VALUE));
    }

    /** Compares without regard to case and parameters. */
    private static boolean isOfType(String type, String wanted) {
        return type.regionMatches(true, 0, wanted, 0, wanted.length());
    }

    /** Commits the session, and keeps a response with its cookie out of shared caches. */
    void beforeCommit() {
        if (session.hasEnded()) {
            return;
        }
        try {
            session.commit();
        } catch (RuntimeException e) {
            forgetBody();
            throw e;
        }
        List<String> cookies = session.cookies().complete();
        if (!cookies.isEmpty()) {
            onCookies.accept(cookies);
        }
    }

    /**
     * Discards the body and the headers that describe it. A left-over Content-Length would truncate the error response. Headers
     * of other filters, such as CORS, stay.
     */
    void forgetBody() {
        if (isCommitted()) {
            return;
        }
        HttpHeaders others = new HttpHeaders();
        for (String name : getHeaderNames()) {
            if (!name.regionMatches(true, 0, "Content-", 0, 8) && !name.equalsIgnoreCase(HttpHeaders.ETAG)) {
                others.addAll(name, List.copyOf(getHeaders(name)));
            }
        }
        super.reset();
        others.forEach((name, values) -> values.forEach(value -> addHeader(name, value)));
    }

    private void beforeError(int status) {
        if (status >= SC_INTERNAL_SERVER_ERROR) {
            session.discard();
        } else {
            beforeCommit();
        }
    }
}
