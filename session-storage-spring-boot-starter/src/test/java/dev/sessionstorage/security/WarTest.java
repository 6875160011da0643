package dev.sessionstorage.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.error.ErrorPage;
import org.springframework.boot.web.error.ErrorPageRegistrar;
import org.springframework.boot.web.servlet.support.SpringBootServletInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** A WAR in an external Tomcat, where Boot's own filter forwards to the error pages, outside all other filters. */
class WarTest {

    @Import({SecuredApplication.class, WarApplication.ErrorForm.class})
    static class WarApplication extends SpringBootServletInitializer {

        @Override
        protected SpringApplicationBuilder configure(SpringApplicationBuilder application) {
            return application
                    .sources(WarApplication.class)
                    .properties(
                            "spring.datasource.url=jdbc:h2:mem:war",
                            "session.cookie.secrets=3f1c6b0a9d7e4f528b6a0c1d2e3f4a5b");
        }

        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }

        @Bean
        ErrorPageRegistrar errorPages() {
            return registry -> registry.addErrorPages(new ErrorPage("/error-form"));
        }

        @RestController
        static class ErrorForm {

            @RequestMapping("/error-form")
            String form(CsrfToken token) {
                return "<form><input type=\"hidden\" name=\"_csrf\" value=\"" + token.getToken() + "\"/></form>";
            }
        }
    }

    @Test
    void theFormOfANewVisitorsErrorPageCanBeSent(@TempDir Path directory) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(directory.toString());
        tomcat.setPort(0);
        Context context = tomcat.addContext("", directory.toString());
        context.addServletContainerInitializer(
                (classes, servletContext) -> new WarApplication().onStartup(servletContext), null);
        tomcat.start();
        try {
            TestBrowser browser = new TestBrowser(tomcat.getConnector().getLocalPort()).open("/no-such-page");
            assertThat(browser.status()).isEqualTo(404);
            assertThat(browser.csrf()).isNotEmpty();
            assertThat(browser.session()).isNotEmpty();

            assertThat(browser.submit("/form", Map.of("text", "a")).body()).isEqualTo("saved a");
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }
}
