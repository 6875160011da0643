package dev.sessionstorage.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;

import dev.sessionstorage.jpa.JpaSessionDataRepository;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.orm.jpa.support.OpenEntityManagerInViewInterceptor;
import org.springframework.test.web.servlet.MockMvc;

/** The starter adds Hibernate, but no second Spring Data module and no open session in view that holds a connection. */
@SpringBootTest(
        classes = JdbcApplication.class,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:customers",
            "spring.sql.init.schema-locations=classpath:customers.sql",
            "spring.datasource.hikari.maximum-pool-size=1",
            "spring.datasource.hikari.connection-timeout=2000"
        })
@AutoConfigureMockMvc
class SpringDataJdbcTest {

    @Autowired
    ApplicationContext context;

    @Autowired
    MockMvc mvc;

    @Test
    void itsRepositoriesWorkBesideTheSessions() throws Exception {
        assertThat(context.getBean(Customers.class).count()).isEqualTo(1);
        assertThat(context.getBeansOfType(JpaSessionDataRepository.class)).hasSize(1);
        mvc.perform(get("/held")).andExpect(header().exists(HttpHeaders.SET_COOKIE));
    }

    @Test
    void aRequestHoldsNoConnectionAfterItsTransaction() throws Exception {
        assertThat(context.getBeansOfType(OpenEntityManagerInViewInterceptor.class))
                .isEmpty();
        mvc.perform(get("/held")).andExpect(content().string("0"));
    }

    @Nested
    @SpringBootTest(
            classes = JdbcApplication.class,
            properties = {
                "spring.datasource.url=jdbc:h2:mem:open-customers",
                "spring.sql.init.schema-locations=classpath:customers.sql",
                "spring.jpa.open-in-view=true"
            })
    @AutoConfigureMockMvc
    class WithAnOpenView {

        @Test
        void theApplicationsOwnChoiceCounts(@Autowired MockMvc open) throws Exception {
            open.perform(get("/held")).andExpect(content().string("1"));
        }
    }
}
