package dev.sessionstorage.roundtrips;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.RoundTripProxy;
import dev.sessionstorage.jpa.TestDatabases;
import dev.sessionstorage.security.TestBrowser;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/**
 * The cost of each kind of request, counted on the wire: a new application with the starter, real HTTP, real PostgreSQL and a
 * pool of one connection.
 */
class DatabaseRoundTripTest {

    private static final RoundTripProxy PROXY = new RoundTripProxy(TestDatabases.postgresql());

    @SpringBootTest(
            classes = DatabaseApplication.class,
            webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
            properties = {
                "session.cookie.secrets=0123456789abcdef0123456789abcdef",
                "session.jpa.initialize-schema=always",
                "session.cleanup.interval=0",
                "spring.jpa.hibernate.ddl-auto=update",
                "spring.datasource.hikari.maximum-pool-size=1",
                "spring.datasource.hikari.connection-timeout=2000"
            })
    abstract static class OverHttp {

        /** How often the driver sends a statement before the server prepares it by name. */
        private static final int WARM_UP = 8;

        private final int port;

        OverHttp(int port) {
            this.port = port;
        }

        @DynamicPropertySource
        static void database(DynamicPropertyRegistry registry) {
            DatabaseSettings settings = PROXY.settings();
            registry.add("spring.datasource.url", settings::url);
            registry.add("spring.datasource.username", settings::username);
            registry.add("spring.datasource.password", settings::password);
        }

        /** The number of round trips per statement with this pool. */
        abstract int perStatement();

        @Test
        void aRequestThatIgnoresItsSessionTakesNone() throws Exception {
            TestBrowser browser = loggedIn();
            assertThat(cost(browser, "/ignore")).isZero();
            assertThat(cost(browser, "/page.css")).isZero();
            assertThat(browser.status()).isEqualTo(200);
            assertThat(cost(browser, "/no-such-page")).isZero();
            assertThat(browser.status()).isEqualTo(404);
        }

        @Test
        void aMissingMalformedOrForgedCookieTakesNone() throws Exception {
            for (String value : List.of("", "forged.signature", "%", "%zz.a", ".", "a".repeat(5_000))) {
                TestBrowser browser = new TestBrowser(port);
                if (!value.isEmpty()) {
                    browser.cookies().put(TestBrowser.SESSION, value);
                }
                assertThat(cost(browser, "/read")).as(value).isZero();
            }
        }

        @Test
        void aReadTakesOne() throws Exception {
            TestBrowser browser = loggedIn();
            warmUp(browser, "/read");
            assertThat(cost(browser, "/read")).isEqualTo(perStatement());
        }

        @Test
        void aSessionThatIsSetToWhatItIsTakesOne() throws Exception {
            TestBrowser browser = loggedIn();
            warmUp(browser, "/same");
            assertThat(cost(browser, "/same")).isEqualTo(perStatement());
        }

        @Test
        void aNewSessionTakesOne() throws Exception {
            for (int i = 0; i < WARM_UP; i++) {
                loggedIn();
            }
            assertThat(cost(new TestBrowser(port), "/count")).isEqualTo(perStatement());
        }

        @Test
        void aChangeTakesTwo() throws Exception {
            TestBrowser browser = loggedIn();
            warmUp(browser, "/count");
            assertThat(cost(browser, "/count")).isEqualTo(2 * perStatement());
        }

        @Test
        void aReadThatExtendsTheIdleTimeoutTakesTwo() throws Exception {
            TestBrowser browser = loggedIn();
            for (int i = 0; i < WARM_UP; i++) {
                advance(browser, Duration.ofMinutes(4));
                browser.get("/read");
            }
            advance(browser, Duration.ofMinutes(4));
            assertThat(cost(browser, "/read")).isEqualTo(2 * perStatement());
            assertThat(cost(browser, "/read")).isEqualTo(perStatement());
        }

        @Test
        void aRememberedSessionsCookieSlidesWithItsIdleTimeout() throws Exception {
            TestBrowser browser = new TestBrowser(port);
            assertThat(maxAge(browser.get("/remember"))).isEqualTo("Max-Age=604800");
            advance(browser, Duration.ofHours(16));
            assertThat(maxAge(browser.get("/read"))).isEmpty();
            advance(browser, Duration.ofHours(1));
            assertThat(maxAge(browser.get("/read"))).isEqualTo("Max-Age=604800");
            assertThat(maxAge(browser.get("/read"))).isEmpty();
            advance(browser, Duration.ofDays(7).minusMinutes(1));
            assertThat(browser.get("/read").body()).isEqualTo("1");
            advance(browser, Duration.ofDays(7));
            assertThat(browser.get("/read").body()).isEqualTo("null");
        }

        @Test
        void aDestroyTakesTwo() throws Exception {
            for (int i = 0; i < WARM_UP; i++) {
                loggedIn().get("/destroy");
            }
            assertThat(cost(loggedIn(), "/destroy")).isEqualTo(2 * perStatement());
        }

        @Test
        void aRotationTakesTwo() throws Exception {
            TestBrowser browser = loggedIn();
            warmUp(browser, "/rotate");
            assertThat(cost(browser, "/rotate")).isEqualTo(2 * perStatement());
        }

        @Test
        void aPoolOfOneServesARequestThatHoldsAConnectionThroughOpenSessionInView() throws Exception {
            TestBrowser browser = new TestBrowser(port);
            assertThat(browser.get("/notes/read").body()).endsWith(" 1");
            assertThat(browser.get("/notes/read").body()).endsWith(" 2");
            assertThat(browser.get("/read").body()).isEqualTo("2");
        }

        @Test
        void aPoolOfOneServesASessionInsideATransaction() throws Exception {
            TestBrowser browser = new TestBrowser(port);
            assertThat(browser.get("/notes/write").body()).isEqualTo("1");
            assertThat(browser.get("/notes/write").body()).isEqualTo("2");
            assertThat(browser.get("/read").body()).isEqualTo("2");
        }

        private TestBrowser loggedIn() throws Exception {
            TestBrowser browser = new TestBrowser(port);
            HttpResponse<String> response = browser.get("/count");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(browser.session()).isNotEmpty();
            return browser;
        }

        private static void warmUp(TestBrowser browser, String path) throws Exception {
            for (int i = 0; i < WARM_UP; i++) {
                browser.get(path);
            }
        }

        private static String maxAge(HttpResponse<?> response) {
            return response.headers().allValues("Set-Cookie").stream()
                    .flatMap(header -> Stream.of(header.split("; ", -1)))
                    .filter(attribute -> attribute.startsWith("Max-Age="))
                    .findFirst()
                    .orElse("");
        }

        private static void advance(TestBrowser browser, Duration by) throws Exception {
            assertThat(browser.get("/advance?by=" + by).body()).isEqualTo("advanced");
        }

        private static int cost(TestBrowser browser, String path) throws Exception {
            int before = PROXY.roundTrips();
            browser.get(path);
            return PROXY.roundTrips() - before;
        }
    }

    @Nested
    class WithAutoCommit extends OverHttp {

        WithAutoCommit(@LocalServerPort int port) {
            super(port);
        }

        @Override
        int perStatement() {
            return 1;
        }

        @Test
        void thePoolIsAsItComes(@Autowired HikariDataSource pool) {
            assertThat(pool.isAutoCommit()).isTrue();
        }
    }

    @Nested
    @TestPropertySource(properties = "spring.datasource.hikari.auto-commit=false")
    class WithoutAutoCommit extends OverHttp {

        WithoutAutoCommit(@LocalServerPort int port) {
            super(port);
        }

        @Override
        int perStatement() {
            return 2;
        }

        @Test
        void thePoolIsWithoutAutoCommit(@Autowired HikariDataSource pool) {
            assertThat(pool.isAutoCommit()).isFalse();
        }
    }
}
