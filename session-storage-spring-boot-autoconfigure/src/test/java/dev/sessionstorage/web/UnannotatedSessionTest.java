package dev.sessionstorage.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.Session;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;

/**
 * A parameter of a session type gets the request's session, with or without the annotation, wherever Spring MVC has parameters.
 */
@SpringBootTest(
        classes = UnannotatedSessionTest.Application.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "session.cookie.secrets=0123456789abcdef0123456789abcdef")
class UnannotatedSessionTest {

    private final Browser browser;

    UnannotatedSessionTest(@LocalServerPort int port) {
        browser = new Browser(port, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/session", "/request-session", "/both", "/handled", "/model-attribute"})
    void itIsTheRequestsSession(String path) throws Exception {
        // Data binding would use these parameters.
        String query = "?session=forged&id=forged&name=forged&principal=forged";
        assertThat(browser.get(path + query).body()).isEqualTo("null 1");
        assertThat(browser.get("/session" + query).body()).isEqualTo("null 2");
    }

    @Test
    void anotherTypeOfThatNameIsNotOurs() throws Exception {
        assertThat(browser.get("/other?name=form").body()).isEqualTo("form");
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Pages.class)
    static class Application {}

    static final class HandledException extends RuntimeException {}

    /** Contains a class of the same simple name, as Hibernate has one. Spring MVC binds it to the request's parameters. */
    static final class Other {

        record Session(String name) {}
    }

    @Controller
    static class Pages {

        @InitBinder
        void initialize(WebDataBinder binder, Session session, HttpServletRequest request) {
            assertThat(session).isSameAs(RequestSession.of(request));
        }

        @ModelAttribute
        void prepare(RequestSession session, Model model, @RequestParam(required = false) String unused) {
            model.addAttribute("prepared", session);
        }

        @GetMapping("/session")
        @ResponseBody
        String session(Session session) {
            return count(session);
        }

        @GetMapping("/request-session")
        @ResponseBody
        String requestSession(RequestSession session) {
            return count(session);
        }

        @GetMapping("/both")
        @ResponseBody
        String both(Session session, @CurrentSession Session annotated, RequestSession third) {
            assertThat(session).isSameAs(annotated).isSameAs(third);
            return count(session);
        }

        @GetMapping("/model-attribute")
        @ResponseBody
        String modelAttribute(Model model, Session session) {
            assertThat(model.getAttribute("prepared")).isSameAs(session);
            return count(session);
        }

        @GetMapping("/handled")
        String failing() {
            throw new HandledException();
        }

        @ExceptionHandler(HandledException.class)
        @ResponseBody
        String handle(Session session) {
            return count(session);
        }

        @GetMapping("/other")
        @ResponseBody
        String other(Other.Session session) {
            return session.name();
        }

        private static String count(Session session) {
            int count = session.update("count", Integer.class, n -> n == null ? 1 : n + 1);
            return session.principal() + " " + count;
        }
    }
}
