package dev.sessionstorage.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;

import dev.sessionstorage.Session;
import dev.sessionstorage.Sessions;
import dev.sessionstorage.test.web.SessionResultMatchers;
import dev.sessionstorage.test.web.WithSession;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.core.annotation.AliasFor;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;
import org.springframework.test.web.servlet.MockMvc;

/** The places where the annotation is allowed, and the lifetime of its session. */
@WebMvcTest(CartController.class)
@WithSession(value = "{items: 1}", principal = "robin")
class WithSessionTest {

    @Retention(RetentionPolicy.RUNTIME)
    @WithSession(principal = "robin", setUp = Welcome.class)
    @interface WithCart {

        @AliasFor(annotation = WithSession.class, attribute = "value")
        String cart();
    }

    static final class Welcome implements Consumer<Session> {
        @Override
        public void accept(Session session) {
            session.flash("message", "Welcome.");
        }
    }

    @Autowired
    MockMvc mvc;

    @Autowired
    Sessions sessions;

    private String beforeEach = "";

    @BeforeEach
    void askBeforeTheTest() throws Exception {
        beforeEach = mvc.perform(get("/cart")).andReturn().getResponse().getContentAsString();
    }

    @Test
    void theClassesSessionIsThereFromBeforeEachOn() throws Exception {
        assertThat(beforeEach).isEqualTo("1 for robin");
        mvc.perform(get("/cart")).andExpect(content().string("1 for robin"));
    }

    @Test
    @WithSession("{items: 7}")
    void theMethodsSessionWins() throws Exception {
        mvc.perform(get("/cart")).andExpect(content().string("7 for null"));
    }

    @Test
    @WithSession
    void anEmptyOneIsNoSession() throws Exception {
        mvc.perform(get("/cart"))
                .andExpect(content().string("null for null"))
                .andExpect(SessionResultMatchers.session().doesNotExist());
    }

    @Test
    @WithCart(cart = "{items: 8}")
    void mayBePartOfAnotherAnnotation() throws Exception {
        mvc.perform(get("/cart"))
                .andExpect(content().string("8 for robin"))
                .andExpect(SessionResultMatchers.session().attribute("message", "Welcome."));
    }

    @RepeatedTest(2)
    @WithSession(value = "{items: 3}", principal = "mary")
    void eachTestHasAFreshSessionAndNoneIsLeftOfTheOneBefore() throws Exception {
        mvc.perform(post("/cart").with(csrf()))
                .andExpect(SessionResultMatchers.session().attribute("items", 4));
        assertThat(sessions.list("mary", null)).hasSize(1);
    }

    @Test
    @WithMockUser("robin")
    void standsBesideWithMockUser() throws Exception {
        mvc.perform(get("/account")).andExpect(content().string("robin has 1"));
    }

    @Nested
    class NestedInIt {
        @Test
        void inheritsTheSession() throws Exception {
            mvc.perform(get("/cart")).andExpect(content().string("1 for robin"));
        }
    }

    @Nested
    @WithSession("{items: 9}")
    class NestedWithItsOwn {
        @Test
        void hasItsOwn() throws Exception {
            mvc.perform(get("/cart")).andExpect(content().string("9 for null"));
        }
    }

    @SpringJUnitConfig
    @WithSession("{items: 1}")
    static final class WithoutMockMvc {
        void test() {}
    }

    @Test
    void saysWhatItNeeds() {
        assertThatThrownBy(() -> prepare(WithoutMockMvc.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("@AutoConfigureMockMvc");
    }

    @WebMvcTest(CartController.class)
    @WithSession("items: 1")
    static final class WithoutJson {
        void test() {}
    }

    @Test
    void saysWhatIsNotJson() {
        assertThatThrownBy(() -> prepare(WithoutJson.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The value of @WithSession is not a JSON object: items: 1");
    }

    private static void prepare(Class<?> testClass) throws Exception {
        Object test = testClass.getDeclaredConstructor().newInstance();
        new TestContextManager(testClass).beforeTestMethod(test, testClass.getDeclaredMethod("test"));
    }
}
