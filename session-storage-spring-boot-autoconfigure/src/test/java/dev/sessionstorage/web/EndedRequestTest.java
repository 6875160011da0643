package dev.sessionstorage.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorViewResolver;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** A session that outlives its request, in a field or another thread, throws and never affects the next request. */
@SpringBootTest(
        classes = EndedRequestTest.Application.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        // With one thread and one connection, Tomcat reuses the same objects for each request.
        properties = {"session.cookie.secrets=0123456789abcdef0123456789abcdef", "server.tomcat.threads.max=1"})
@ExtendWith(OutputCaptureExtension.class)
class EndedRequestTest {

    private static final BlockingQueue<Object> SEEN = new ArrayBlockingQueue<>(10);

    @Autowired
    private SessionStorage storage;

    private final Browser browser;

    EndedRequestTest(@LocalServerPort int port) {
        browser = new Browser(port, "");
    }

    static Stream<Named<Consumer<RequestSession>>> uses() {
        return Stream.of(
                Named.of("get", session -> session.get("name")),
                Named.of("has", session -> session.has("name")),
                Named.of("data", Session::data),
                Named.of("id", Session::id),
                Named.of("isNew", Session::isNew),
                Named.of("principal", Session::principal),
                Named.of("set", session -> session.set("name", "late")),
                Named.of("unset", session -> session.unset("name")),
                Named.of("flash", session -> session.flash("name", "late")),
                Named.of("update", session -> session.update("name", String.class, name -> "late")),
                Named.of("set principal", session -> session.principal("mallory")),
                Named.of("rotateId", Session::rotateId),
                Named.of("idleTimeout", session -> session.idleTimeout(Duration.ofDays(1))),
                Named.of("late", RequestSession::late),
                Named.of("destroy", RequestSession::destroy),
                Named.of("commit", RequestSession::commit));
    }

    @ParameterizedTest
    @MethodSource("uses")
    void aSessionUsedAfterItsRequestSaysSo(Consumer<RequestSession> use) throws Exception {
        for (String path : new String[] {"/read", "/unread"}) {
            browser.get(path);
            RequestSession ended = ended();

            assertEnded(catchThrowable(() -> use.accept(ended)));
        }
    }

    @Test
    void itCannotBeCommittedOrDestroyedByTheExplicitCallsEither() throws Exception {
        browser.get("/read");
        RequestSession ended = ended();

        assertEnded(catchThrowable(() -> storage.commitSession(ended)));
        assertEnded(catchThrowable(() -> storage.destroySession(ended)));
        assertThat(browser.get("/name").body()).isEqualTo("robin");
    }

    @Test
    void whatAnotherThreadDoesLaterNeverMeetsTheNextRequest() throws Exception {
        browser.get("/unread");
        RequestSession ended = ended();
        Browser other = new Browser(browser.port(), "");
        other.get("/read");
        RequestSession others = ended();
        String cookie = other.cookie();

        browser.get("/while", "*/*");
        RequestSession present = ended();
        assertThat(present).isNotSameAs(ended);
        assertEnded(catchThrowable(() -> ended.get("name")));
        assertEnded(catchThrowable(() -> others.set("name", "mallory")));
        assertThat(new Browser(browser.port(), cookie).get("/name").body()).isEqualTo("robin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/callable", "/complete", "/dispatch"})
    void anAsynchronousRequestEndsWithItsLastPart(String path) throws Exception {
        assertThat(browser.get(path).body()).isEqualTo("robin");

        RequestSession ended = ended();
        assertEnded(catchThrowable(() -> ended.get("name")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/timeout", "/raw-timeout"})
    void soDoesOneThatTimesOutAndStoresNothing(String path, CapturedOutput output) throws Exception {
        assertThat(browser.get(path).statusCode()).isGreaterThanOrEqualTo(500);

        RequestSession ended = ended();
        assertEnded(catchThrowable(() -> ended.get("name")));
        assertThat(output).doesNotContain("lifecycle event to listener");
        assertThat(browser.get("/name").body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/before", "/during", "/written"})
    void whatAnAsynchronousRequestChangesIsStoredThoughNoFilterSeesItsEnd(String path) throws Exception {
        browser.get("/read");
        ended();
        browser.get(path);
        ended();

        assertThat(browser.get("/name").body()).isEqualTo("kim");
    }

    @Test
    void anErrorPageStillHasTheSession() throws Exception {
        browser.get("/read");
        ended();
        assertThat(browser.get("/failing", "text/html").statusCode()).isEqualTo(500);

        assertThat(next()).isEqualTo("robin");
    }

    @Test
    void aFilterAroundAllOthersSeesTheSessionUntilTheEnd() throws Exception {
        browser.get("/outer");
        ended();

        assertThat(next()).isEqualTo("robin");
    }

    @Test
    void aFilterBeforeOursIsToldTheOrder() throws Exception {
        browser.get("/early");

        assertThat(next())
                .asString()
                .contains("SessionFilter.DEFAULT_ORDER + 1", String.valueOf(Ordered.HIGHEST_PRECEDENCE + 50));
    }

    @Test
    void aSessionInALogIsAShortHash() throws Exception {
        browser.get("/unread");
        RequestSession session = ended();
        assertThat(session).hasToString("RequestSession[not read yet]");
        browser.get("/read");
        session = ended();
        assertThat(session.toString()).matches("RequestSession\\[[\\w-]{8}]");
    }

    private static void assertEnded(Throwable thrown) {
        assertThat(thrown)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(
                        "request of this session has ended", "getSession(cookieHeader)", "commitSession");
    }

    /** Waits, because the client may get its response before the container has finished. */
    private static RequestSession ended() throws InterruptedException {
        RequestSession session = (RequestSession) next();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!session.hasEnded() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(session.hasEnded()).isTrue();
        return session;
    }

    private static Object next() throws InterruptedException {
        return Objects.requireNonNull(SEEN.poll(20, TimeUnit.SECONDS), "nothing was handed over");
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Pages.class)
    static class Application {

        @Bean
        FilterRegistrationBean<Filter> around() {
            FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>((request, response, chain) ->
                    Application.around((HttpServletRequest) request, (HttpServletResponse) response, chain));
            registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
            registration.setDispatcherTypes(DispatcherType.REQUEST);
            return registration;
        }

        private static void around(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            if (request.getRequestURI().equals("/early")) {
                SEEN.add(String.valueOf(catchThrowable(() -> RequestSession.of(request))));
            }
            chain.doFilter(request, response);
            if (request.getRequestURI().equals("/outer")) {
                SEEN.add(String.valueOf(RequestSession.of(request).get("name")));
            }
        }

        /** Uses the session, like an error page with a form. */
        @Bean
        ErrorViewResolver errorPage() {
            return (request, status, model) -> {
                if (status.is5xxServerError()) {
                    SEEN.add(String.valueOf(RequestSession.of(request).get("name")));
                }
                return null;
            };
        }
    }

    @RestController
    static class Pages {

        @GetMapping({"/read", "/outer"})
        String read(@CurrentSession RequestSession session) {
            session.set("name", "robin");
            SEEN.add(session);
            return "stored";
        }

        @GetMapping({"/unread", "/while"})
        String unread(@CurrentSession RequestSession session) {
            SEEN.add(session);
            return "not read";
        }

        @GetMapping("/name")
        String name(@CurrentSession("name") @Nullable String name) {
            return name == null ? "" : name;
        }

        @GetMapping("/callable")
        Callable<String> callable(@CurrentSession RequestSession session) {
            SEEN.add(session);
            return () -> {
                session.set("name", "robin");
                return String.valueOf(session.get("name"));
            };
        }

        /** Completes without a dispatch. */
        @GetMapping("/complete")
        void complete(@CurrentSession RequestSession session, HttpServletRequest request) {
            SEEN.add(session);
            session.set("name", "robin");
            AsyncContext context = request.startAsync();
            context.start(() -> {
                try {
                    context.getResponse().getWriter().write(String.valueOf(session.get("name")));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                context.complete();
            });
        }

        @GetMapping("/before")
        void before(@CurrentSession RequestSession session, HttpServletRequest request) {
            SEEN.add(session);
            session.set("name", "kim");
            AsyncContext context = request.startAsync();
            context.start(context::complete);
        }

        @GetMapping("/during")
        void during(@CurrentSession RequestSession session, HttpServletRequest request) {
            SEEN.add(session);
            AsyncContext context = request.startAsync();
            context.start(() -> {
                session.set("name", "kim");
                context.complete();
            });
        }

        @GetMapping("/written")
        void written(@CurrentSession RequestSession session, HttpServletRequest request) {
            SEEN.add(session);
            AsyncContext context = request.startAsync();
            context.start(() -> {
                session.set("name", "kim");
                try {
                    context.getResponse().getWriter().write("kim");
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                context.complete();
            });
        }

        @GetMapping("/timeout")
        DeferredResult<String> timeout(@CurrentSession RequestSession session) {
            SEEN.add(session);
            session.set("name", "kim");
            return new DeferredResult<>(10L);
        }

        @GetMapping("/raw-timeout")
        void rawTimeout(@CurrentSession RequestSession session, HttpServletRequest request) {
            SEEN.add(session);
            session.set("name", "kim");
            request.startAsync().setTimeout(10);
        }

        @GetMapping("/dispatch")
        void dispatch(@CurrentSession RequestSession session, HttpServletRequest request) {
            session.set("name", "robin");
            SEEN.add(session);
            AsyncContext context = request.startAsync();
            context.start(() -> context.dispatch("/name"));
        }

        @GetMapping("/failing")
        String failing(@CurrentSession Session session) {
            session.set("name", "robin");
            throw new IllegalStateException("nobody handles this");
        }

        @GetMapping("/early")
        String early() {
            return "early";
        }
    }
}
