package dev.sessionstorage.security;

import static dev.sessionstorage.test.web.SessionRequestPostProcessors.sessionAfter;
import static dev.sessionstorage.test.web.SessionResultMatchers.session;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestBuilders.formLogin;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestBuilders.logout;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.security.test.web.servlet.response.SecurityMockMvcResultMatchers.authenticated;
import static org.springframework.security.test.web.servlet.response.SecurityMockMvcResultMatchers.unauthenticated;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;

/** Spring Security's test support works with the session. */
@SpringBootTest(classes = SecuredApplication.class, properties = "spring.datasource.generate-unique-name=true")
@AutoConfigureMockMvc
class SecurityMockMvcTest {

    @Autowired
    private MockMvc mvc;

    @Test
    void aFormLoginIsKeptInTheSession() throws Exception {
        MvcResult result = mvc.perform(formLogin().user("robin").password("robin's password"))
                .andExpect(authenticated().withUsername("robin"))
                .andExpect(session().principal("robin"))
                .andReturn();
        mvc.perform(get("/page").with(sessionAfter(result))).andExpect(content().string("page  of robin"));
    }

    @Test
    @WithMockUser
    void aTestMayGiveFlashAttributesToARequest() throws Exception {
        mvc.perform(get("/shown").flashAttr("message", "hi"))
                .andExpect(content().string("hi, null"))
                .andExpect(session().attribute("SPRING_FLASH_MAPS", null));
    }

    @Test
    void aLogoutEndsIt() throws Exception {
        MvcResult result = mvc.perform(formLogin().user("robin").password("robin's password"))
                .andReturn();
        mvc.perform(post("/logout").with(sessionAfter(result)).with(csrf()))
                .andExpect(unauthenticated())
                .andExpect(session().doesNotExist());
        mvc.perform(logout()).andExpect(unauthenticated());
    }

    @Test
    @WithMockUser("kim")
    void aMockUserNeedsNoSession() throws Exception {
        mvc.perform(get("/page"))
                .andExpect(content().string("page  of kim"))
                .andExpect(session().doesNotExist());
        mvc.perform(get("/page").with(user("robin"))).andExpect(content().string("page  of robin"));
        mvc.perform(post("/form").param("text", "a")).andExpect(status().isForbidden());
        mvc.perform(post("/form").param("text", "a").with(csrf()))
                .andExpect(content().string("saved a"));
    }
}
