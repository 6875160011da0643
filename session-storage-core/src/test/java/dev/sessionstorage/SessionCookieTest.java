package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sessionstorage.SessionCookie.SameSite;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionCookieTest {

    private final SessionCookie cookie = SessionCookie.named("session").withSecrets(Scene.SECRET);

    @Test
    void theDefaultsAreSafe() {
        assertThat(cookie.header("v", null)).isEqualTo("session=v; Path=/; Secure; HttpOnly; SameSite=Lax");
        assertThat(cookie.header("", Duration.ZERO))
                .startsWith("session=; Path=/; Max-Age=0; ")
                .contains("Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    }

    @Test
    void everyAttributeIsSent() {
        SessionCookie all = cookie.withName("other")
                .withPath("/app")
                .withDomain("example.org")
                .withHttpOnly(false)
                .withSameSite(SameSite.NONE)
                .withPartitioned(true);

        assertThat(all.header("v", Duration.ofSeconds(5)))
                .startsWith("other=v; Path=/app; Domain=example.org; Max-Age=5; Expires=")
                .endsWith("GMT; Secure; Partitioned; SameSite=None");
        assertThat(cookie.withSecure(false).withSameSite(SameSite.STRICT).header("v", null))
                .isEqualTo("session=v; Path=/; HttpOnly; SameSite=Strict");
    }

    @Test
    void aBlankOrRepeatedSecretIsRefusedWithoutShowingSecrets() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cookie.withSecrets(Scene.SECRET, " \t"))
                .withMessageContaining("blank")
                .satisfies(e -> assertThat(e.toString()).doesNotContain(Scene.SECRET));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cookie.withSecrets(""))
                .withMessageContaining("blank");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cookie.withSecrets(Scene.SECRET, "other", Scene.SECRET))
                .withMessageContaining("the same")
                .satisfies(e -> assertThat(e.toString()).doesNotContain(Scene.SECRET));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a=b", "a;b", "a,b", "ä", "a\"", "a\r\nSet-Cookie: x=y", "a\u0000"})
    void aNameThatIsNoTokenIsRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> cookie.withName(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "app", "/a;b", "/a\r\nx", "http://x"})
    void aPathThatIsNoneIsRefused(String path) {
        assertThatIllegalArgumentException().isThrownBy(() -> cookie.withPath(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "-a.org", "a.org.", "a;b", "a.org\r\nx"})
    void aDomainThatIsNoneIsRefused(String domain) {
        assertThatIllegalArgumentException().isThrownBy(() -> cookie.withDomain(domain));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 999, Long.MIN_VALUE})
    void aMaxAgeOfLessThanASecondIsRefused(long milliseconds) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cookie.withMaxAge(Duration.ofMillis(milliseconds)))
                .withMessageContaining("less than a second");
        assertThat(cookie.withMaxAge(Duration.ofSeconds(1)).maxAge()).isEqualTo(Duration.ofSeconds(1));
        assertThat(cookie.withMaxAge(Duration.ofSeconds(1)).withMaxAge(null).maxAge())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"__Host-session", "__host-session", "__HOST-session"})
    void theHostPrefixBringsItsRules(String name) {
        SessionCookie host = cookie.withName(name);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> host.withSecure(false))
                .withMessageContaining(name);
        assertThatIllegalArgumentException().isThrownBy(() -> host.withDomain("example.org"));
        assertThatIllegalArgumentException().isThrownBy(() -> host.withPath("/app"));
        assertThat(host.withPath("/").withDomain(null)).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"__Secure-session", "__secure-session"})
    void theSecurePrefixBringsItsRule(String name) {
        SessionCookie secure = cookie.withName(name);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> secure.withSecure(false))
                .withMessageContaining(name);
        assertThat(secure.withDomain("example.org").withPath("/app").name()).isEqualTo(name);
    }

    /** draft-ietf-httpbis-layered-cookies: the rules of __Host-, and HTTP-only. */
    @ParameterizedTest
    @ValueSource(strings = {"__Host-Http-session", "__host-http-session", "__HOST-HTTP-session"})
    void theHostHttpPrefixBringsItsRules(String name) {
        SessionCookie host = cookie.withName(name);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> host.withHttpOnly(false))
                .withMessageContaining(name)
                .withMessageContaining("HTTP-only");
        assertThatIllegalArgumentException().isThrownBy(() -> host.withSecure(false));
        assertThatIllegalArgumentException().isThrownBy(() -> host.withDomain("example.org"));
        assertThatIllegalArgumentException().isThrownBy(() -> host.withPath("/app"));
        assertThat(cookie.withName("__Host-Httpsession").withHttpOnly(false).httpOnly())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"__Http-session", "__http-session", "__HTTP-session"})
    void theHttpPrefixBringsItsRules(String name) {
        SessionCookie http = cookie.withName(name);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> http.withHttpOnly(false))
                .withMessageContaining(name);
        assertThatIllegalArgumentException().isThrownBy(() -> http.withSecure(false));
        assertThat(http.withDomain("example.org").withPath("/app").name()).isEqualTo(name);
    }

    @Test
    void formerCookiesAreExpiredAsTheyWereSent() {
        SessionCookie changed = cookie.withMaxAge(Duration.ofDays(1))
                .withFormer(
                        cookie.withDomain("example.org"),
                        cookie.withPath("/app").withPartitioned(true),
                        cookie.withName("sid"));

        String expired = "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; HttpOnly; ";
        assertThat(changed.expireFormer())
                .containsExactly(
                        "session=; Path=/; Domain=example.org" + expired + "SameSite=Lax",
                        "session=; Path=/app; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; HttpOnly;"
                                + " Partitioned; SameSite=Lax",
                        "sid=; Path=/" + expired + "SameSite=Lax");
        assertThat(cookie.expireFormer()).isEmpty();
        assertThat(changed.toString()).doesNotContain(Scene.SECRET).contains("3 former");
    }

    @Test
    void theCookieItselfIsNoFormerOne() {
        SessionCookie wide = cookie.withDomain("example.org");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> cookie.withFormer(wide, cookie.withMaxAge(Duration.ofDays(1))))
                .withMessageContaining("the path '/', no domain");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> wide.withFormer(cookie.withDomain(".Example.ORG")))
                .withMessageContaining("the domain 'example.org'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cookie.withFormer(wide).withDomain("example.org"));
        assertThat(cookie.withFormer(cookie.withName("Session")).expireFormer()).hasSize(1);
    }

    @Test
    void crossSiteAndPartitionedCookiesMustBeSecure() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cookie.withSameSite(SameSite.NONE).withSecure(false))
                .withMessageContaining("SameSite=None");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cookie.withPartitioned(true).withSecure(false))
                .withMessageContaining("partitioned");
    }

    @Test
    void theSecretsCannotBeChangedFromOutsideAndAreNotShown() {
        String[] secrets = {Scene.SECRET};
        SessionCookie copy = cookie.withSecrets(secrets);
        secrets[0] = "changed";

        assertThat(copy.secrets()).containsExactly(Scene.SECRET).isUnmodifiable();
        assertThat(copy.toString())
                .doesNotContain(Scene.SECRET)
                .contains("name=session")
                .containsPattern("secrets=\\[[0-9a-f]{8}]");
    }
}
