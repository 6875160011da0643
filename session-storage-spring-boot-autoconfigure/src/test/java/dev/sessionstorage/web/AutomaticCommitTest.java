package dev.sessionstorage.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Over real HTTP, every kind of response commits once, and sets the cookie if and only if the browser needs it. */
@SpringBootTest(
        classes = TestApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "session.cookie.secrets=0123456789abcdef0123456789abcdef")
class AutomaticCommitTest {

    @Autowired
    private CountingRepository repository;

    private final Browser browser;

    AutomaticCommitTest(@LocalServerPort int port) {
        browser = new Browser(port, "");
    }

    @BeforeEach
    void forgetCounts() {
        repository.counts();
    }

    @ParameterizedTest
    @CsvSource({
        "/body, 200, 1",
        "/no-content, 204, ''",
        "/forward, 204, ''",
        "/forward-to-body, 200, 1",
        "/entity, 200, 1",
        "/redirect, 302, ''",
        "/view, 200, rendered 1",
        "/length, 200, 1",
        "/flush, 200, ''",
        "/reset, 226, ''",
        "/async, 200, 1",
        "/handled, 500, handled",
        "/explicit, 200, 1",
        "/explicit-without-header, 200, 1",
        "/old-school, 200, 1",
        "/remember, 200, ''"
    })
    void aNewSessionIsStoredOnceAndItsCookieSentOnce(String path, int status, String body) throws Exception {
        HttpResponse<String> response = browser.get(path);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEqualTo(body);
        assertThat(Browser.setCookies(response)).hasSize(1);
        assertThat(repository.counts()).isEqualTo("0/1");
        assertThat(browser.get("/read").body()).isEqualTo("1");
        assertThat(repository.counts()).isEqualTo("1/0");
    }

    @Test
    void aStreamedResponseCarriesTheCookieBeforeItsFirstPart() throws Exception {
        HttpResponse<String> response = browser.get("/streaming");

        assertThat(response.body()).isEqualTo("part 0 of 1\npart 1 of 1\npart 2 of 1\n");
        assertThat(Browser.setCookies(response)).hasSize(1);
        assertThat(browser.get("/read").body()).isEqualTo("1");
    }

    @Test
    void aViewMayStillChangeTheSessionWhileItRenders() throws Exception {
        browser.get("/body");
        assertThat(browser.get("/view").body()).isEqualTo("rendered 2");
        assertThat(browser.get("/read").body()).isEqualTo("2");
    }

    @Test
    void anUntouchedSessionCostsNothing() throws Exception {
        browser.get("/body");
        repository.counts();
        for (String path : new String[] {"/ignore", "/no-such-page"}) {
            assertThat(Browser.setCookies(browser.get(path))).isEmpty();
        }
        assertThat(repository.counts()).isEqualTo("0/0");
    }

    @Test
    void aReadCostsOneReadAndSetsNoHeader() throws Exception {
        browser.get("/body");
        repository.counts();
        HttpResponse<String> response = browser.get("/read");
        assertThat(Browser.setCookies(response)).isEmpty();
        assertThat(response.headers().map()).doesNotContainKeys("Cache-Control", "Vary");
        assertThat(repository.counts()).isEqualTo("1/0");
    }

    @Test
    void aChangeCostsAReadAndAWriteAndNoCookie() throws Exception {
        browser.get("/body");
        repository.counts();
        assertThat(Browser.setCookies(browser.get("/body"))).isEmpty();
        assertThat(repository.counts()).isEqualTo("1/1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "__Host-Http-session=forged", "__Host-Http-session=a.b; other=c", "session=x"})
    void aRequestWithoutAValidCookieReachesNoStore(String cookie) throws Exception {
        HttpResponse<String> response = new Browser(port(), cookie).get("/read");
        assertThat(response.body()).isEqualTo("null");
        assertThat(Browser.setCookies(response)).isEmpty();
        assertThat(repository.counts()).isEqualTo("0/0");
    }

    @Test
    void aResponseWithTheCookieIsKeptOutOfCaches() throws Exception {
        HttpResponse<String> response = browser.get("/body");
        assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
        assertThat(response.headers().allValues("Vary")).contains("Cookie");
        assertThat(new Browser(port(), "").get("/old-school").headers().allValues("Cache-Control"))
                .containsExactly("no-store");
    }

    @Test
    void aHandlersOwnCacheControlStays() throws Exception {
        assertThat(browser.get("/entity").headers().allValues("Cache-Control")).containsExactly("private, max-age=60");
    }

    @Test
    void aFlashValueIsSeenOnceAfterARedirect() throws Exception {
        HttpResponse<String> response = browser.get("/redirect");
        assertThat(response.headers().firstValue("Location"))
                .hasValueSatisfying(to -> assertThat(to).endsWith("/message"));
        assertThat(browser.get("/message").body()).isEqualTo("counted 1");
        assertThat(browser.get("/message").body()).isEqualTo("none");
    }

    @Test
    void rotationSendsTheNewIdAndTheOldOneIsDead() throws Exception {
        browser.get("/body");
        String old = browser.cookie();
        browser.get("/rotate");
        assertThat(browser.cookie()).isNotEqualTo(old).isNotEmpty();
        assertThat(browser.get("/read").body()).isEqualTo("1");
        HttpResponse<String> late = new Browser(port(), old).get("/read");
        assertThat(late.statusCode()).as("has to be repeated with the new id").isEqualTo(409);
        assertThat(late.headers().allValues("Set-Cookie")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/destroy", "/destroy-with-header"})
    void destroyExpiresTheCookieOnceAndTheOldOneIsDead(String path) throws Exception {
        browser.get("/body");
        String old = browser.cookie();
        repository.counts();
        assertThat(Browser.setCookies(browser.get(path)))
                .singleElement()
                .asString()
                .startsWith("__Host-Http-session=;")
                .contains("Max-Age=0");
        assertThat(repository.counts()).isEqualTo("1/1");
        assertThat(browser.cookie()).isEmpty();
        assertThat(new Browser(port(), old).get("/read").body()).isEqualTo("null");
    }

    @Test
    void destroyingASessionThatWasNeverStoredIsNoError() throws Exception {
        assertThat(browser.get("/destroy").statusCode()).isEqualTo(200);
        assertThat(repository.counts()).isEqualTo("0/0");
    }

    @Test
    void aRememberedSessionsCookieCarriesItsMaxAge() throws Exception {
        assertThat(Browser.setCookies(browser.get("/remember")))
                .singleElement()
                .asString()
                .contains("Max-Age=604800");
        assertThat(Browser.setCookies(browser.get("/read"))).isEmpty();
    }

    @Test
    void aSessionThatIsRememberedNoLongerGetsACookieWithoutMaxAge() throws Exception {
        browser.get("/remember");
        assertThat(Browser.setCookies(browser.get("/remember-no-longer")))
                .singleElement()
                .asString()
                .startsWith(browser.cookie())
                .doesNotContain("Max-Age");
        assertThat(Browser.setCookies(browser.get("/remember-no-longer"))).isEmpty();
    }

    @Test
    void aSessionThatIsDestroyedAfterItsCookieWasSentExpiresIt() throws Exception {
        HttpResponse<String> response = browser.get("/commit-and-destroy");
        assertThat(Browser.setCookies(response))
                .singleElement()
                .asString()
                .startsWith("__Host-Http-session=;")
                .contains("Max-Age=0");
        assertThat(browser.cookie()).isEmpty();
    }

    @Test
    void aRequiredSessionThatIsNotThereIs401() throws Exception {
        assertThat(browser.get("/required").statusCode()).isEqualTo(401);
        browser.get("/body");
        assertThat(browser.get("/required").body()).isEqualTo("1");
        assertThat(browser.get("/typed-required").statusCode()).isEqualTo(401);
    }

    @Test
    void attributesAreInjectedWhereTheRequestHasAValueOfTheirType() throws Exception {
        assertThat(browser.get("/typed-like-mvc").body()).isEqualTo("null null");
        assertThat(browser.get("/typed-like-mvc").body()).isEqualTo("de_CH Asia/Tokyo");
        assertThat(browser.get("/failed-in-a-locale").body()).isEqualTo("failed in de_CH");
    }

    @Test
    void attributesAreInjectedAsTheirTypes() throws Exception {
        String id = "00000000-0000-0000-0000-000000000007";
        assertThat(browser.get("/typed").body()).isEqualTo("null null");
        assertThat(browser.get("/typed").body()).isEqualTo(id + " [" + id + "]");
        assertThat(browser.get("/typed-required").body()).isEqualTo(id);
        assertThat(browser.get("/primitive").statusCode()).isEqualTo(500);
    }

    private int port() {
        return browser.port();
    }
}
