package dev.sessionstorage.starter;

import static dev.sessionstorage.test.web.SessionRequestPostProcessors.session;
import static dev.sessionstorage.test.web.SessionRequestPostProcessors.sessionAfter;
import static dev.sessionstorage.test.web.SessionResultMatchers.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.cookie;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionConflictException;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.test.web.WithSession;
import jakarta.servlet.http.Cookie;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.ResultMatcher;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/** Requests that start with a session, and expectations on the session that they leave behind. */
@WebMvcTest(CartController.class)
class SessionMockMvcTest {

    record Item(String name, BigDecimal price) {}

    @Autowired
    MockMvc mvc;

    @Autowired
    MockMvcTester tester;

    @Autowired
    SessionStorage storage;

    @Test
    void aRequestStartsWithASession() throws Exception {
        mvc.perform(get("/cart").with(session(s -> {
                    s.set("items", 3);
                    s.principal("robin");
                })))
                .andExpect(content().string("3 for robin"))
                .andExpect(cookie().doesNotExist("__Host-Http-session"));
    }

    @Test
    void otherCookiesOfTheRequestStay() throws Exception {
        MvcResult result = mvc.perform(
                        get("/cart").cookie(new Cookie("theme", "dark")).with(session(s -> s.set("items", 3))))
                .andReturn();

        assertThat(result.getRequest().getCookies())
                .extracting(Cookie::getName)
                .containsExactly("theme", "__Host-Http-session");
        assertThat(result.getRequest().getHeader(HttpHeaders.COOKIE)).startsWith("theme=dark; __Host-Http-session=");
    }

    @Test
    void theSessionOfAHeaderIsChangedAndNotReplaced() throws Exception {
        Session stored = storage.getSession();
        stored.set("items", 3);
        String setCookie = storage.commitSession(stored);

        mvc.perform(get("/cart")
                        .header(HttpHeaders.COOKIE, setCookie.substring(0, setCookie.indexOf(';')))
                        .with(session(s -> s.principal("robin"))))
                .andExpect(content().string("3 for robin"))
                .andExpect(session().satisfies(s -> assertThat(s.id()).isEqualTo(stored.id())));
    }

    @Test
    @WithSession("{items: 3}")
    void theSessionOfTheAnnotationIsChangedAndNotReplaced() throws Exception {
        mvc.perform(get("/cart").with(session(s -> s.principal("robin"))))
                .andExpect(content().string("3 for robin"));
        mvc.perform(get("/cart")).andExpect(content().string("3 for robin"));
    }

    @Test
    void aSessionThatStaysEmptyIsNotSent() throws Exception {
        MvcResult result = mvc.perform(get("/cart").with(session(s -> {})))
                .andExpect(content().string("null for null"))
                .andExpect(session().doesNotExist())
                .andReturn();
        assertThat(result.getRequest().getHeader(HttpHeaders.COOKIE)).isNull();
    }

    @Test
    void theNextRequestContinuesWithTheSessionThatTheFirstOneMade() throws Exception {
        MvcResult first = mvc.perform(post("/cart").with(csrf()))
                .andExpect(cookie().exists("__Host-Http-session"))
                .andReturn();
        MvcResult second = mvc.perform(post("/cart").with(csrf()).with(sessionAfter(first)))
                .andExpect(cookie().doesNotExist("__Host-Http-session"))
                .andReturn();
        mvc.perform(get("/cart").with(sessionAfter(second))).andExpect(content().string("2 for null"));
    }

    @Test
    @WithSession("{items: 3}")
    void theNextRequestFollowsARotationAndTheOldIdIsDead() throws Exception {
        MvcResult signedIn = mvc.perform(post("/sign-in").with(csrf())).andReturn();

        // The request must be repeated with the new id. Without MVC's
        // exception handling, which this slice lacks, it throws.
        assertThatExceptionOfType(SessionConflictException.class).isThrownBy(() -> mvc.perform(get("/cart")));
        mvc.perform(get("/cart").with(sessionAfter(signedIn)))
                .andExpect(content().string("3 for robin"));
        assertFails(signedIn, session().doesNotExist(), "The session of the response still exists");
    }

    @Test
    @WithSession("{items: 3}")
    void theNextRequestSendsNoCookieOnceTheSessionHasEnded() throws Exception {
        MvcResult signedOut = mvc.perform(post("/sign-out").with(csrf()))
                .andExpect(session().doesNotExist())
                .andReturn();

        MvcResult next = mvc.perform(get("/cart").with(sessionAfter(signedOut))).andReturn();
        assertThat(next.getRequest().getCookies()).isNull();
        assertFails(signedOut, session().exists(), "There is no session after the request");
    }

    @Test
    @WithSession("{items: 3}")
    void aCookieThatIsOnlyForgottenDoesNotEndASession() throws Exception {
        MvcResult forgotten = mvc.perform(post("/forget-cookie").with(csrf())).andReturn();

        assertFails(
                forgotten,
                session().doesNotExist(),
                "The session of the request's cookie still exists in the repository");
    }

    @Test
    void attributesAreComparedAsJson() throws Exception {
        Item pen = new Item("pen", new BigDecimal("1.50"));
        MvcResult result = mvc.perform(get("/cart").with(session(s -> {
                    s.set("items", 3);
                    s.set("pens", List.of(pen));
                    s.flash("message", "Welcome.");
                })))
                .andExpect(session().exists())
                .andExpect(session().principal(null))
                .andExpect(session().attribute("items", 3L))
                .andExpect(session().attribute("pens", new Item[] {pen}))
                .andExpect(session().attribute("pens", List.of(Map.of("name", "pen", "price", 1.50))))
                .andExpect(session().attribute("message", "Welcome."))
                .andExpect(session().attribute("message", "Welcome."))
                .andExpect(session().attribute("other", null))
                .andReturn();

        assertFails(result, session().attribute("items", 4), "Session attribute 'items' expected:<4> but was:<3>");
        assertFails(result, session().attribute("items", null), "Session attribute 'items'");
        assertFails(result, session().principal("robin"), "Session principal");
        assertFails(result, session().satisfies(s -> assertThat(s.has("other")).isTrue()), "");
    }

    @Test
    void whereThereIsNoSessionThereIsNoAttribute() throws Exception {
        MvcResult result = mvc.perform(get("/cart"))
                .andExpect(session().doesNotExist())
                .andExpect(session().attribute("items", null))
                .andReturn();

        assertFails(result, session().attribute("items", 1), "There is no session after the request");
        assertFails(result, session().principal(null), "There is no session after the request");
    }

    @Test
    void worksWithMockMvcTester() {
        assertThat(tester.post()
                        .uri("/cart")
                        .with(session(s -> s.set("items", 3)))
                        .with(csrf()))
                .hasStatusOk()
                .matches(session().attribute("items", 4));
    }

    private static void assertFails(MvcResult result, ResultMatcher matcher, String message) {
        assertThatThrownBy(() -> matcher.match(result))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(message);
    }
}
