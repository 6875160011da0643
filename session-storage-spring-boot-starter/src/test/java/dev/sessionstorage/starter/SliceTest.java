package dev.sessionstorage.starter;

import static dev.sessionstorage.test.web.SessionRequestPostProcessors.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionStorage;
import java.time.Clock;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.web.servlet.MockMvc;

/** Test slices keep sessions in memory, whatever store the application uses. */
class SliceTest {

    abstract static class InMemory {

        @Autowired
        MockMvc mvc;

        @Autowired
        ApplicationContext context;

        @Test
        void keepsSessionsInMemory() throws Exception {
            mvc.perform(get("/cart").with(session(s -> s.set("items", 3))))
                    .andExpect(content().string("3 for null"));
            assertThat(context.getBean(SessionDataRepository.class)).isInstanceOf(InMemorySessionDataRepository.class);
        }
    }

    @Nested
    @WebMvcTest(controllers = CartController.class, properties = "session.repository=jpa")
    class OfAnApplicationWithJpa extends InMemory {}

    @Nested
    @WebMvcTest(controllers = CartController.class, properties = "session.repository=redis")
    class OfAnApplicationWithRedis extends InMemory {}

    @Nested
    @WebMvcTest(controllers = CartController.class, properties = "session.repository=memory")
    class OfAnApplicationWithMemory extends InMemory {}

    @TestConfiguration(proxyBeanMethods = false)
    static class OwnBeans {

        static final SessionDataRepository REPOSITORY = new InMemorySessionDataRepository(Clock.systemUTC(), 10);

        @Bean
        SessionDataRepository repository() {
            return REPOSITORY;
        }

        @Bean(defaultCandidate = false)
        SessionStorage adminStorage(SessionDataRepository repository) {
            return SessionStorage.builder()
                    .cookie(SessionCookie.named("__Host-admin").withSecrets("0123456789abcdef0123456789abcdef"))
                    .repository(repository)
                    .build();
        }
    }

    @Nested
    @WebMvcTest(CartController.class)
    @Import(OwnBeans.class)
    class WithTheApplicationsOwnBeans extends InMemory {

        @Test
        void keepsThem() {
            assertThat(context.getBean(SessionDataRepository.class)).isSameAs(OwnBeans.REPOSITORY);
        }
    }
}
