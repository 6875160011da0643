package dev.sessionstorage.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import dev.sessionstorage.Session;
import dev.sessionstorage.web.CurrentSession;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * How a real browser treats the session's cookie: which cookies it keeps, where it sends them, and whether others can add one
 * of the same name.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CookieInChromiumTest {

    private static final String NAME = "__Host-Http-session";

    private final List<ConfigurableApplicationContext> applications = new ArrayList<>();
    private Chromium chromium;
    private String root;
    private BrowserContext browser;
    private Page page;

    @BeforeAll
    void start() {
        chromium = Chromium.start();
        root = application();
    }

    @BeforeEach
    void open() {
        browser = chromium.open(root);
        page = browser.newPage();
    }

    @AfterEach
    void close() {
        browser.close();
    }

    @AfterAll
    void stop() {
        if (chromium != null) {
            chromium.close();
        }
        applications.forEach(SpringApplication::exit);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "document.cookie = 'NAME=tossed; Secure; Path=/'",
                "document.cookie = 'NAME=tossed; Secure; Path=/; HttpOnly'",
                "document.cookie = 'name=tossed; Secure; Path=/'",
                "document.cookie = 'NAME=tossed; Secure; Path=/count'",
                "document.cookie = '=NAME=tossed; Secure; Path=/'",
                "cookieStore.set({name: 'NAME', value: 'tossed', path: '/'}).catch(() => {})",
                "cookieStore.delete('NAME').catch(() => {})"
            })
    void noScriptCanTossOrTakeAwayTheDefaultCookie(String script) {
        assertThat(visit("/count")).isEqualTo("1");
        page.evaluate(script.replace("NAME", NAME).replace("name=", "__host-http-session="));

        assertThat(browser.cookies()).extracting(one -> one.name).containsExactly(NAME);
        assertThat(visit("/count")).isEqualTo("2");
    }

    /** The control of the test above: without the prefix, a script succeeds. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "document.cookie = '__Host-session=tossed; Secure; Path=/'",
                "document.cookie = 'session=tossed; Path=/'",
                "cookieStore.set({name: '__Host-session', value: 'tossed', path: '/'})",
            })
    void aScriptCanTossOneWithoutThePrefix(String script) {
        visit("/count");
        page.evaluate(script);

        assertThat(browser.cookies()).extracting(one -> one.value).contains("tossed");
    }

    @Test
    void twoApplicationsOnOneHostHaveTheirOwnSessions() {
        String a = application("--server.servlet.context-path=/a");
        String b = application("--server.servlet.context-path=/b");

        assertThat(Stream.of(a + "/a", b + "/b", root, a + "/a", b + "/b", root)
                        .map(address -> visit(address + "/count")))
                .containsExactly("1", "1", "1", "2", "2", "2");
        assertThat(browser.cookies())
                .extracting(one -> one.name + " " + one.path)
                .containsExactlyInAnyOrder("session /a", "session /b", NAME + " /");
    }

    @Test
    void aCookieOfAnEarlierDeploymentLocksNobodyOutAndIsExpired() {
        String name = "--session.cookie.name=sid";
        String before = application(name, "--session.cookie.path=/count");
        visit(before + "/count");
        String after = application(name);
        assertThat(Stream.of("/count", "/count").map(path -> visit(after + path)))
                .containsExactly("1", "2");
        assertThat(cookies()).containsExactly("sid /", "sid /count");

        String tidy = application(
                name, "--session.cookie.former[0].path=/count", "--session.cookie.former[1].partitioned=true");
        assertThat(visit(tidy + "/count")).isEqualTo("1");
        assertThat(cookies()).containsExactly("sid /");
        assertThat(visit(tidy + "/count")).isEqualTo("2");
    }

    private List<String> cookies() {
        return browser.cookies().stream()
                .map(one -> one.name + " " + one.path)
                .sorted()
                .toList();
    }

    private String visit(String address) {
        page.navigate(address.startsWith("/") ? root + address : address);
        return page.locator("body").innerText();
    }

    /** Starts another application on this host. Cookies ignore its port. */
    private String application(String... arguments) {
        ConfigurableApplicationContext application = new SpringApplicationBuilder(Counter.class)
                .run(Stream.concat(
                                Stream.of(
                                        "--server.port=0",
                                        "--spring.config.name=none",
                                        "--session.repository=memory",
                                        "--session.cookie.secrets=a-secret-that-all-of-them-share-0123456789"),
                                Stream.of(arguments))
                        .toArray(String[]::new));
        applications.add(application);
        return "http://localhost:" + application.getEnvironment().getProperty("local.server.port");
    }

    @EnableAutoConfiguration(
            excludeName = {
                "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
                "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration",
                "org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration"
            })
    @Import(Pages.class)
    static class Counter {}

    @RestController
    static class Pages {

        @RequestMapping("/count")
        String count(@CurrentSession Session session) {
            return String.valueOf(session.update("count", Integer.class, n -> n == null ? 1 : n + 1));
        }
    }
}
