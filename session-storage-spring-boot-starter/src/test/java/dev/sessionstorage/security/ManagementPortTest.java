package dev.sessionstorage.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;

/** The actuator on a separate port, which has its own servlet container and context. */
@SpringBootTest(
        classes = SecuredApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.generate-unique-name=true",
            "management.server.port=0",
            "management.endpoints.web.exposure.include=health,metrics"
        })
class ManagementPortTest {

    @LocalManagementPort
    private int port;

    @Test
    void itsEndpointsAskForALogin() throws Exception {
        assertThat(new TestBrowser(port)
                        .get("/actuator/metrics", "Accept", "application/json")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void itsEndpointsTakeALogin() throws Exception {
        TestBrowser browser = new TestBrowser(port);
        // robin:robin's password
        browser.get("/actuator/metrics", "Authorization", "Basic cm9iaW46cm9iaW4ncyBwYXNzd29yZA==", "Accept", "*/*");
        assertThat(browser.body()).contains("session.");
        browser.get("/actuator/health", "Authorization", "Basic cm9iaW46cm9iaW4ncyBwYXNzd29yZA==", "Accept", "*/*");
        assertThat(browser.status()).isEqualTo(200);
    }
}
