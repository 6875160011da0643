package dev.sessionstorage.starter;

import static dev.sessionstorage.test.web.SessionRequestPostProcessors.session;
import static dev.sessionstorage.test.web.SessionResultMatchers.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;

import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.TestDatabases;
import dev.sessionstorage.test.web.WithSession;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureWebMvc;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.transaction.annotation.Transactional;

/** The whole application over PostgreSQL. The repository for slices does not replace its own. */
@SpringBootTest(
        properties = {
            "session.jpa.initialize-schema=always",
            "session.cookie.secrets=0123456789abcdef0123456789abcdef",
        })
@AutoConfigureMockMvc
@AutoConfigureWebMvc
class DatabaseTest {

    @DynamicPropertySource
    static void database(DynamicPropertyRegistry registry) {
        DatabaseSettings database = TestDatabases.postgresql();
        registry.add("spring.datasource.url", database::url);
        registry.add("spring.datasource.username", database::username);
        registry.add("spring.datasource.password", database::password);
    }

    @Autowired
    MockMvc mvc;

    @Autowired
    JdbcClient jdbc;

    @RepeatedTest(2)
    @WithSession(value = "{items: 3}", principal = "robin")
    void theSessionIsARowUntilTheTestEnds() throws Exception {
        mvc.perform(post("/cart").with(csrf())).andExpect(session().attribute("items", 4));
        assertThat(rows("robin")).isEqualTo(1);
    }

    @RepeatedTest(2)
    @Transactional
    void aSessionInATransactionIsRolledBack() throws Exception {
        mvc.perform(post("/cart").with(session(s -> s.principal("mary"))).with(csrf()))
                .andExpect(session().attribute("items", 1));
        assertThat(rows("mary")).isEqualTo(1);
    }

    @Test
    @Transactional
    @WithSession("{items: 3}")
    void aTestThatBreaksItsTransactionPassesAllTheSame() {
        assertThatThrownBy(() -> jdbc.sql("select nonsense").query().listOfRows())
                .isInstanceOf(DataAccessException.class);
    }

    private int rows(String principal) {
        return jdbc.sql("select count(*) from session_data where principal = ?")
                .param(principal)
                .query(Integer.class)
                .single();
    }
}
