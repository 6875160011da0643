package dev.sessionstorage.web;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorViewResolver;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** Controllers that respond in every way that Spring MVC supports, all with a session. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(TestApplication.Pages.class)
class TestApplication {

    @Bean
    CountingRepository countingRepository() {
        return new CountingRepository();
    }

    /** Reads the session, like an error page with a form. */
    @Bean
    ErrorViewResolver errorPageWithASession() {
        return (request, status, model) -> {
            RequestSession.of(request).has("count");
            return null;
        };
    }

    /** An exception caught in a handler, which the client cannot see. */
    static final AtomicReference<@Nullable Exception> CAUGHT = new AtomicReference<>();

    static final class HandledException extends RuntimeException {}

    @Controller
    static class Pages {

        private final SessionStorage storage;

        Pages(SessionStorage storage) {
            this.storage = storage;
        }

        @RequestMapping("/ignore")
        @ResponseBody
        String ignore(@CurrentSession Session session) {
            return "ignored";
        }

        @RequestMapping("/read")
        @ResponseBody
        String read(@CurrentSession Session session) {
            return String.valueOf(session.get("count"));
        }

        @RequestMapping("/body")
        @ResponseBody
        String body(@CurrentSession Session session) {
            return String.valueOf(count(session));
        }

        @RequestMapping("/no-content")
        @ResponseStatus(HttpStatus.NO_CONTENT)
        void noContent(@CurrentSession Session session) {
            count(session);
        }

        @RequestMapping("/forward")
        String forward() {
            return "forward:/no-content";
        }

        @RequestMapping("/forward-to-body")
        String forwardToBody(@CurrentSession Session session) {
            return "forward:/body";
        }

        @RequestMapping("/entity")
        ResponseEntity<String> entity(@CurrentSession Session session) {
            return ResponseEntity.ok()
                    .header(HttpHeaders.CACHE_CONTROL, "private, max-age=60")
                    .body(String.valueOf(count(session)));
        }

        @RequestMapping("/redirect")
        String redirect(@CurrentSession Session session) {
            session.flash("message", "counted " + count(session));
            return "redirect:/message";
        }

        @RequestMapping("/message")
        @ResponseBody
        String message(@CurrentSession("message") Optional<String> message) {
            return message.orElse("none");
        }

        @RequestMapping("/view")
        View view(@CurrentSession Session session) {
            return (model, request, response) -> {
                response.getWriter().write("rendered ");
                response.getWriter().write(String.valueOf(count(session)));
            };
        }

        @RequestMapping("/length")
        void length(@CurrentSession Session session, HttpServletResponse response) throws IOException {
            byte[] body = String.valueOf(count(session)).getBytes(StandardCharsets.UTF_8);
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
        }

        @RequestMapping("/flush")
        void flush(@CurrentSession Session session, HttpServletResponse response) throws IOException {
            count(session);
            response.flushBuffer();
        }

        @RequestMapping("/send-error")
        void sendError(@CurrentSession Session session, @RequestParam int status, HttpServletResponse response)
                throws IOException {
            count(session);
            response.sendError(status);
        }

        @RequestMapping("/reset")
        void reset(@CurrentSession Session session, HttpServletResponse response) throws IOException {
            count(session);
            response.getWriter().write("half");
            response.reset();
            response.setStatus(HttpStatus.IM_USED.value());
        }

        @RequestMapping("/streaming")
        StreamingResponseBody streaming(@CurrentSession Session session) {
            int count = count(session);
            return out -> {
                for (int part = 0; part < 3; part++) {
                    out.write(("part " + part + " of " + count + "\n").getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            };
        }

        @RequestMapping("/async")
        @ResponseBody
        Callable<String> async(@CurrentSession Session session) {
            return () -> String.valueOf(count(session));
        }

        @RequestMapping("/unhandled")
        String unhandled(@CurrentSession Session session) {
            count(session);
            throw new IllegalStateException("nobody handles this");
        }

        @RequestMapping("/handled")
        String handled(@CurrentSession Session session) {
            count(session);
            throw new HandledException();
        }

        @ExceptionHandler
        @ResponseBody
        @ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
        String handle(HandledException e) {
            return "handled";
        }

        @RequestMapping("/late-change")
        void lateChange(@CurrentSession Session session, HttpServletResponse response) throws IOException {
            count(session);
            response.getWriter().write("early");
            response.flushBuffer();
            try {
                session.set("late", true);
            } catch (IllegalStateException e) {
                CAUGHT.set(e);
            }
        }

        @RequestMapping("/explicit")
        ResponseEntity<String> explicit(@CurrentSession Session session) {
            int count = count(session);
            return ResponseEntity.ok()
                    .header(HttpHeaders.SET_COOKIE, storage.commitSession(session))
                    .body(String.valueOf(count));
        }

        @RequestMapping("/explicit-without-header")
        @ResponseBody
        String explicitWithoutHeader(@CurrentSession Session session) {
            count(session);
            storage.commitSession(session);
            return String.valueOf(session.get("count"));
        }

        @RequestMapping("/old-school")
        ResponseEntity<String> oldSchool(HttpServletRequest request) {
            Session session = storage.getSession(request.getHeader(HttpHeaders.COOKIE));
            int count = count(session);
            return ResponseEntity.ok()
                    .header(HttpHeaders.SET_COOKIE, storage.commitSession(session))
                    .body(String.valueOf(count));
        }

        @RequestMapping("/remember")
        ResponseEntity<Void> remember(@CurrentSession Session session) {
            count(session);
            return ResponseEntity.ok()
                    .header(
                            HttpHeaders.SET_COOKIE,
                            storage.commitSession(session, c -> c.withMaxAge(Duration.ofDays(7))))
                    .build();
        }

        @RequestMapping("/remember-no-longer")
        @ResponseBody
        String rememberNoLonger(HttpServletRequest request) {
            RequestSession.of(request).idleTimeout(null);
            return "until the browser closes";
        }

        @RequestMapping("/commit-and-destroy")
        @ResponseBody
        String commitAndDestroy(HttpServletRequest request) {
            RequestSession session = RequestSession.of(request);
            count(session);
            session.commit();
            session.destroy();
            return "destroyed";
        }

        @RequestMapping("/rotate")
        @ResponseBody
        String rotate(@CurrentSession Session session) {
            session.rotateId();
            return "rotated";
        }

        @RequestMapping("/rotate-and-fail")
        View rotateAndFail(@CurrentSession Session session) {
            session.rotateId();
            return (model, request, response) -> {
                response.getWriter().write("half a page");
                throw new IllegalStateException("on purpose");
            };
        }

        @RequestMapping("/destroy")
        @ResponseBody
        String destroy(@CurrentSession Session session) {
            storage.destroySession(session);
            return "destroyed";
        }

        @RequestMapping("/destroy-with-header")
        ResponseEntity<Void> destroyWithHeader(@CurrentSession Session session) {
            return ResponseEntity.noContent()
                    .header(HttpHeaders.SET_COOKIE, storage.destroySession(session))
                    .build();
        }

        @RequestMapping("/conflict")
        @ResponseBody
        String conflict(@CurrentSession Session session, HttpServletRequest request) {
            session.get("count");
            Session other = storage.getSession(request.getHeader(HttpHeaders.COOKIE));
            other.set("count", 100);
            storage.commitSession(other);
            session.set("count", 200);
            return "not to be seen";
        }

        @RequestMapping("/conflict-in-view")
        View conflictInView(@CurrentSession Session session, HttpServletRequest request) {
            conflict(session, request);
            return (model, req, response) -> response.getWriter().write("not to be seen");
        }

        @RequestMapping("/conflict-at-the-end")
        void conflictAtTheEnd(@CurrentSession Session session, HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            response.getWriter().write("not to be seen");
            conflict(session, request);
        }

        @RequestMapping("/gone")
        @ResponseBody
        String gone(@CurrentSession Session session, HttpServletRequest request) {
            count(session);
            storage.destroySession(storage.getSession(request.getHeader(HttpHeaders.COOKIE)));
            return "not to be seen";
        }

        @RequestMapping("/required")
        @ResponseBody
        String required(@CurrentSession(required = true) Session session) {
            return String.valueOf(session.get("count"));
        }

        @RequestMapping("/typed")
        @ResponseBody
        String typed(
                @CurrentSession("userId") @Nullable UUID userId,
                @CurrentSession("tags") @Nullable List<UUID> tags,
                @CurrentSession Session session) {
            String seen = userId + " " + tags;
            UUID next = new UUID(0, 7);
            session.set("userId", next);
            session.set("tags", List.of(next));
            return seen;
        }

        /** Spring MVC would otherwise take these parameters from the request. */
        @RequestMapping("/typed-like-mvc")
        @ResponseBody
        String typedLikeMvc(
                @CurrentSession("locale") @Nullable Locale locale,
                @CurrentSession("zone") @Nullable ZoneId zone,
                @CurrentSession Session session) {
            session.set("locale", Locale.forLanguageTag("de-CH"));
            session.set("zone", ZoneId.of("Asia/Tokyo"));
            return locale + " " + zone;
        }

        @RequestMapping("/failed-in-a-locale")
        String failedInALocale() {
            throw new UnsupportedOperationException();
        }

        @ExceptionHandler
        @ResponseBody
        String answer(UnsupportedOperationException e, @CurrentSession("locale") @Nullable Locale locale) {
            return "failed in " + locale;
        }

        @RequestMapping("/typed-required")
        @ResponseBody
        String typedRequired(@CurrentSession(value = "userId", required = true) UUID userId) {
            return userId.toString();
        }

        @RequestMapping("/primitive")
        @ResponseBody
        String primitive(@CurrentSession("absent") int absent) {
            return String.valueOf(absent);
        }

        private static int count(Session session) {
            return session.update("count", Integer.class, n -> n == null ? 1 : n + 1);
        }
    }
}
