package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.Provider;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.MacSpi;
import org.junit.jupiter.api.Test;

/** Rotating, missing and short secrets. */
class SecretsTest {

    private static final String NEWER = "the-second-secret-of-the-tests-0123456789";

    private final Scene scene = new Scene();
    private final String oldCookie = scene.stored(session -> session.set("user", "robin"));

    @Test
    void aNewerSecretSignsAndTheOlderOneStillVerifies() {
        SessionStorage both = scene.storage(b -> b.cookie(Scene.COOKIE.withSecrets(NEWER, Scene.SECRET)));
        SessionStorage newerOnly = scene.storage(b -> b.cookie(Scene.COOKIE.withSecrets(NEWER)));
        SessionStorage olderOnly = scene.storage(b -> b.cookie(Scene.COOKIE.withSecrets(Scene.SECRET)));

        String newCookie = Scene.sent(both.commitSession(both.getSession(oldCookie)));

        assertThat(newCookie).isNotEqualTo(oldCookie);
        assertThat(both.getSession(newCookie).get("user")).isEqualTo("robin");
        assertThat(newerOnly.getSession(newCookie).get("user")).isEqualTo("robin");
        assertThat(newerOnly.getSession(oldCookie).isNew()).isTrue();
        assertThat(olderOnly.getSession(newCookie).isNew()).isTrue();
        assertThat(scene.repository.calls).containsExactly("read", "read", "read");
    }

    @Test
    void withoutSecretsTheValueIsUnsignedAndThatIsSaidOnce() {
        try (CapturedLog log = new CapturedLog()) {
            SessionStorage unsigned = scene.storage(b -> b.cookie(SessionCookie.named("session")));
            Session session = unsigned.getSession();
            session.set("user", "robin");
            String cookie = Scene.sent(unsigned.commitSession(session));

            String json = "\"" + session.id() + "\"";
            assertThat(cookie)
                    .isEqualTo("session="
                            + Base64.getEncoder()
                                    .encodeToString(json.getBytes(StandardCharsets.UTF_8))
                                    .replace("=", "%3D"));
            assertThat(unsigned.getSession(cookie).get("user")).isEqualTo("robin");
            assertThat(log.warnings()).singleElement().asString().contains("no secret", "not signed");
        }
    }

    @Test
    void anUnsignedCookieIsRefusedOnceThereIsASecret() {
        SessionStorage unsigned = scene.storage(b -> b.cookie(SessionCookie.named("session")));
        String cookie = Scene.sent(unsigned.commitSession(unsigned.getSession(oldCookie)));
        scene.repository.forget();

        assertThat(scene.storage.getSession(cookie).isNew()).isTrue();
        assertThat(scene.repository.calls).isEmpty();
    }

    @Test
    void aSignedCookieIsNoUnsignedOne() {
        SessionStorage unsigned = scene.storage(b -> b.cookie(SessionCookie.named("session")));

        assertThat(unsigned.getSession(oldCookie).isNew()).isTrue();
        assertThat(scene.repository.calls).isEmpty();
    }

    @Test
    void aShortSecretWorksWithAWarningThatDoesNotShowIt() {
        try (CapturedLog log = new CapturedLog()) {
            SessionStorage storage = scene.storage(b -> b.cookie(Scene.COOKIE.withSecrets(NEWER, "tooshort")));
            Session session = storage.getSession();
            session.set("a", 1);
            storage.commitSession(session);

            assertThat(log.warnings()).singleElement().asString().contains("shorter than 32 bytes");
            assertThat(log.text()).doesNotContain("tooshort", NEWER);
        }
    }

    @Test
    void lengthCountsInBytes() {
        try (CapturedLog log = new CapturedLog()) {
            scene.storage(b -> b.cookie(Scene.COOKIE.withSecrets("ä".repeat(16))));
            assertThat(log.warnings()).isEmpty();
            scene.storage(b -> b.cookie(Scene.COOKIE.withSecrets("x".repeat(31))));
            assertThat(log.warnings()).hasSize(1);
        }
    }

    @Test
    void aPlatformWhoseMacCannotBeClonedSignsTheSame() {
        Provider module = new Provider("module", "1", "A Mac that cannot be cloned") {};
        module.put("Mac.HmacSHA256", UnclonableMac.class.getName());
        Security.insertProviderAt(module, 1);
        try {
            SessionStorage storage = scene.storage(builder -> {});
            assertThat(storage.getSession(oldCookie).get("user")).isEqualTo("robin");
            Session session = storage.getSession();
            session.set("user", "kim");
            String cookie = Scene.sent(storage.commitSession(session));
            assertThat(scene.seen(cookie, "user")).isEqualTo("kim");
        } finally {
            Security.removeProvider(module.getName());
        }
        assertThat(UnclonableMac.used).isTrue();
    }

    /** Public, because the platform instantiates it. */
    public static final class UnclonableMac extends MacSpi {

        private static volatile boolean used;

        private final Mac real;

        public UnclonableMac() throws GeneralSecurityException {
            real = Mac.getInstance("HmacSHA256", "SunJCE");
        }

        @Override
        protected int engineGetMacLength() {
            return real.getMacLength();
        }

        @Override
        protected void engineInit(Key key, AlgorithmParameterSpec parameters) throws InvalidKeyException {
            real.init(key);
        }

        @Override
        protected void engineUpdate(byte input) {
            real.update(input);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            real.update(input, offset, length);
        }

        @Override
        protected byte[] engineDoFinal() {
            used = true;
            return real.doFinal();
        }

        @Override
        protected void engineReset() {
            real.reset();
        }
    }
}
