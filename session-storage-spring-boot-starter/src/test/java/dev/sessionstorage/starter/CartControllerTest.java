package dev.sessionstorage.starter;

import static dev.sessionstorage.test.web.SessionRequestPostProcessors.session;
import static dev.sessionstorage.test.web.SessionRequestPostProcessors.sessionAfter;
import static dev.sessionstorage.test.web.SessionResultMatchers.session;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;

import dev.sessionstorage.test.web.WithSession;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;

@WebMvcTest(CartController.class)
class CartControllerTest {

    @Autowired
    MockMvc mvc;

    @Test
    void addsToTheCart() throws Exception {
        mvc.perform(post("/cart").with(session(s -> s.set("items", 3))).with(csrf()))
                .andExpect(session().attribute("items", 4));
    }

    @Test
    @WithSession(value = "{items: 3, theme: 'dark'}", principal = "robin")
    void showsTheCart() throws Exception {
        mvc.perform(get("/cart")).andExpect(content().string("3 for robin"));
    }

    @Test
    @WithSession("{items: 3}")
    void keepsTheCartWhenSigningInAndEndsItWhenSigningOut() throws Exception {
        MvcResult signedIn = mvc.perform(post("/sign-in").with(csrf()))
                .andExpect(session().principal("robin"))
                .andReturn();
        mvc.perform(get("/cart").with(sessionAfter(signedIn)))
                .andExpect(content().string("3 for robin"));
        mvc.perform(post("/sign-out").with(sessionAfter(signedIn)).with(csrf()))
                .andExpect(session().doesNotExist());
    }

    @Test
    @WithMockUser("robin")
    @WithSession("{items: 3}")
    void showsTheAccountToItsOwner() throws Exception {
        mvc.perform(get("/account")).andExpect(content().string("robin has 3"));
    }
}
