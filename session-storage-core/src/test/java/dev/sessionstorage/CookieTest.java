package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the storage handles the Cookie headers that browsers, proxies and attackers send. */
class CookieTest {

    private static final String BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private final Scene scene = new Scene();
    private final String cookie = scene.stored(session -> session.set("user", "robin"));
    private final String value = cookie.substring("session=".length());

    @Test
    void theValueOfTheLastCommitFindsTheSession() {
        assertThat(scene.seen(cookie, "user")).isEqualTo("robin");
        assertThat(scene.repository.calls).containsExactly("read");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a=b; %s",
                "%s; a=b",
                "a=b;%s;c=d",
                "a=b ;  %s  ; c=d",
                "\t%s\t",
                ";;%s;;",
                "novalue; %s",
                "=x; %s",
                "session; %s",
                "session=; %s",
                "session=\"\"; %s",
                "session=\"; %s",
                "Session=x; SESSION=x; %s",
                "session=%%; session=%%zz; session=%%c3; %s",
                "xsession=x; session2=x; __Host-Http-session=x; %s"
            })
    void theCookieIsFoundAmongOthers(String header) {
        assertThat(scene.seen(header.formatted(cookie), "user")).isEqualTo("robin");
        assertThat(scene.repository.calls).containsExactly("read");
    }

    @Test
    void aQuotedOrNeedlesslyEncodedValueIsTheSameValue() {
        String decoded = value.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");

        for (String spelling : new String[] {
            "session=\"" + value + "\"",
            "session=" + decoded,
            "session=" + decoded.replace(".", "%2e"),
            "session = " + value,
            "session=" + value.replace("%2F", "%2f").replace("%2B", "%2b").replace("%3D", "%3d")
        }) {
            assertThat(scene.seen(spelling, "user")).isEqualTo("robin");
            String sentAgain = scene.request(spelling, session -> session.set("seen", true));
            assertThat(sentAgain).matches("session=[A-Za-z0-9+/=.%]+");
            assertThat(scene.seen(sentAgain, "user")).isEqualTo("robin");
        }
    }

    @Test
    void aRotatedIdHasAnotherValue() {
        String rotated = scene.request(cookie, Session::rotateId);

        assertThat(rotated).isNotEqualTo(cookie);
        assertThat(scene.seen(rotated, "user")).isEqualTo("robin");
        assertThat(scene.storage.getSession(cookie).isNew()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"xsession", "session2", "sessio", "Session", "SESSION", "ses sion", "\"session\"", "a=session"})
    void aCookieOfAnotherNameIsNotOurs(String name) {
        assertNothingIsRead(name + "=" + value);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x0b, 0x1c, 0x1f, 0x85, 0xa0, 0x1680, 0x2000, 0x2028, 0x3000, 0xfeff})
    void aNameWithAnyOtherSpaceAroundItIsNotOurs(int space) {
        // Browsers let any site of the domain set such a cookie, because
        // to them its name does not begin with "__Host-".
        assertNothingIsRead(Character.toString(space) + cookie);
        assertNothingIsRead("session" + Character.toString(space) + "=" + value);
    }

    @Test
    void aMissingOrEmptyHeaderReadsNothing() {
        assertThat(scene.storage.getSession(null).isNew()).isTrue();
        assertNothingIsRead("");
        assertNothingIsRead("session=");
        assertNothingIsRead("session");
        assertThat(scene.storage.getSession().isNew()).isTrue();
    }

    @Test
    void everyChangedCharacterIsRefused() {
        for (int i = 0; i < value.length(); i++) {
            char other = value.charAt(i) == 'A' ? 'B' : 'A';
            assertNothingIsRead("session=" + value.substring(0, i) + other + value.substring(i + 1));
            assertNothingIsRead("session=" + value.substring(0, i) + value.substring(i + 1));
            assertNothingIsRead("session=" + value.substring(0, i));
        }
    }

    @Test
    void otherSpellingsOfTheSignatureAreRefused() {
        String canonical = value.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
        char last = canonical.charAt(canonical.length() - 1);
        String head = canonical.substring(0, canonical.length() - 1);
        int bits = BASE64.indexOf(last);

        for (int spare = 1; spare < 4; spare++) {
            assertNothingIsRead("session=" + head + BASE64.charAt(bits ^ spare));
        }
        for (String end : new String[] {"=", "%3D", "==", " x", "%00", "%0A", ".", ".x", "\u00e4", "%C3%A4", "%"}) {
            assertNothingIsRead("session=" + canonical + end);
        }
        int dot = canonical.indexOf('.');
        String urlSafe = canonical.substring(dot).replace('+', '-').replace('/', '_');
        if (!urlSafe.equals(canonical.substring(dot))) {
            assertNothingIsRead("session=" + canonical.substring(0, dot) + urlSafe);
        }
        assertNothingIsRead("session=" + canonical.substring(0, dot + 1));
        assertNothingIsRead("session=" + canonical.substring(dot));
        assertNothingIsRead("session=.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "1", "[\"x\"]", "{}", "\"\"", "\"a\" \"b\"", "\"half", "x"})
    void aSignedValueThatIsNoIdReadsNothing(String json) throws Exception {
        String payload = Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));

        assertNothingIsRead("session=" + payload + "." + signature(payload, Scene.SECRET));
    }

    @Test
    void anOversizedCookieIsNotEvenVerified() throws Exception {
        String fits =
                Base64.getEncoder().encodeToString(("\"" + "x".repeat(3_000) + "\"").getBytes(StandardCharsets.UTF_8));
        String tooLong =
                Base64.getEncoder().encodeToString(("\"" + "x".repeat(3_100) + "\"").getBytes(StandardCharsets.UTF_8));

        assertNothingIsRead("session=" + tooLong + "." + signature(tooLong, Scene.SECRET));
        assertThat(scene.storage
                        .getSession("session=" + fits + "." + signature(fits, Scene.SECRET))
                        .isNew())
                .isTrue();
        assertThat(scene.repository.calls).containsExactly("read");
        assertNothingIsRead("session=" + "x".repeat(1_000_000));
        assertNothingIsRead("session=" + "%C3%A4".repeat(1_000));
    }

    @Test
    void theFirstCookieThatVerifiesWinsAndASecondOneIsReported() {
        String other = scene.stored(session -> session.set("user", "mallory"));

        try (CapturedLog log = new CapturedLog()) {
            assertThat(scene.seen("session=forged; " + cookie + "; " + other, "user"))
                    .isEqualTo("robin");
            assertThat(scene.events).containsExactly(SessionEvent.COOKIE_REJECTED, SessionEvent.COOKIE_DUPLICATE);
            assertThat(log.warnings()).singleElement().asString().contains("two valid 'session' cookies");
        }
        assertThat(scene.seen(other + ";" + cookie, "user")).isEqualTo("mallory");
    }

    @Test
    void theSameCookieTwiceIsNothingSpecial() {
        try (CapturedLog log = new CapturedLog()) {
            assertThat(scene.seen(cookie + "; " + cookie, "user")).isEqualTo("robin");
            assertThat(log.warnings()).isEmpty();
        }
        assertThat(scene.events).isEmpty();
    }

    @Test
    void aForgedCookieIsCounted() {
        assertNothingIsRead("session=forged.forged");
        assertThat(scene.events).containsExactly(SessionEvent.COOKIE_REJECTED);
    }

    private void assertNothingIsRead(String header) {
        scene.repository.forget();
        assertThat(scene.storage.getSession(header).isNew()).isTrue();
        assertThat(scene.repository.calls).isEmpty();
        scene.repository.forget();
    }

    private static String signature(String payload, String secret) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return Base64.getEncoder()
                .withoutPadding()
                .encodeToString(mac.doFinal(payload.getBytes(StandardCharsets.UTF_8)));
    }
}
