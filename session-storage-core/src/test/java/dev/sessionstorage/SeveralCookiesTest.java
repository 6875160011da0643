package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A browser sends two cookies of one name: an earlier deployment had another domain, path or partitioned, or an attacker tossed
 * one.
 */
class SeveralCookiesTest {

    private final Scene scene = new Scene();
    private final String live = scene.stored(session -> session.set("user", "robin"));
    private final String dead = dead();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DEAD; LIVE",
                "DEAD; DEAD; LIVE",
                "session=forged; DEAD; session=; LIVE",
                "LIVE; DEAD",
                "DEAD;LIVE;DEAD",
                "session=\"x\"; DEAD ; LIVE"
            })
    void aDeadSessionDoesNotHideALiveOne(String header) {
        String sent = header.replace("LIVE", live).replace("DEAD", dead);

        assertThat(scene.seen(sent, "user")).isEqualTo("robin");
        assertThat(scene.request(sent, session -> session.set("seen", true))).isEqualTo(live);
    }

    @Test
    void whatACommitFindsDeadOrUnreadableHidesNothing() {
        InMemorySessionDataRepository store = (InMemorySessionDataRepository) scene.store;
        Session broken = scene.storage.getSession(dead());
        broken.set("a", 1);
        String unreadable = Scene.sent(scene.storage.commitSession(broken));
        SessionData data = scene.record(broken);
        store.updateData(
                broken.id(),
                SessionData.fromJson("no JSON", data.version(), data.createdAt(), null, data.expires()),
                data.expires());

        assertThat(scene.seen(unreadable + "; " + live, "user")).isEqualTo("robin");
    }

    @Test
    void whereNoneIsLiveANewSessionIsFoundBesideThemByTheNextRequest() {
        String header = dead + "; " + dead();
        String fresh = scene.request(header, session -> session.set("user", "jo"));

        assertThat(scene.seen(header + "; " + fresh, "user")).isEqualTo("jo");
    }

    @Test
    void theFirstLiveOneWinsAndEachOtherIsCountedAndLogged() {
        String other = scene.stored(session -> session.set("user", "mallory"));
        String header = String.join("; ", dead, live, other, live, other);

        try (CapturedLog log = new CapturedLog()) {
            assertThat(scene.seen(header, "user")).isEqualTo("robin");
            assertThat(scene.repository.calls).containsExactly("read", "read");
            assertThat(scene.events).containsExactly(SessionEvent.COOKIE_DUPLICATE, SessionEvent.COOKIE_DUPLICATE);
            assertThat(log.warnings())
                    .hasSize(2)
                    .allMatch(
                            warning -> warning.contains("two valid 'session' cookies") && warning.contains(used(live)));
        }
    }

    @Test
    void ofDeadOnesNoneIsCalledUsed() {
        try (CapturedLog log = new CapturedLog()) {
            assertThat(scene.storage.getSession(dead + "; " + dead()).isNew()).isTrue();
            assertThat(log.warnings()).singleElement().asString().doesNotContain("(used)");
        }
    }

    /** Each costs a read. The last one is the newest: without it the user would be locked out for good. */
    @ParameterizedTest
    @ValueSource(ints = {7, 8, 9, 100})
    void aFloodOfValidCookiesIsNoFloodOfReadsAndLocksNobodyOut(int dead) {
        List<String> flood =
                new ArrayList<>(Stream.generate(this::dead).limit(dead).toList());
        flood.add(live);
        scene.repository.forget();
        scene.events.clear();

        assertThat(scene.seen(String.join("; ", flood), "user")).isEqualTo("robin");
        assertThat(scene.repository.calls).hasSizeLessThan(10).containsOnly("read");
        assertThat(scene.events).hasSizeLessThan(10);
    }

    @ParameterizedTest
    @MethodSource
    void forgedAndIdenticalOnesCostNoRead(String before) {
        String header = before + "; " + String.join("; ", Collections.nCopies(50, dead)) + "; " + live;

        assertThat(scene.seen(header, "user")).isEqualTo("robin");
        assertThat(scene.repository.calls).containsExactly("read", "read");
    }

    static Stream<String> forgedAndIdenticalOnesCostNoRead() {
        String id = Base64.getEncoder().encodeToString("\"id\"".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return Stream.of(
                IntStream.range(0, 200).mapToObj(i -> "session=forged" + i).reduce("x=y", (a, b) -> a + "; " + b),
                "session=" + id + "." + "A".repeat(43),
                "session=" + "x".repeat(5000),
                "session");
    }

    @Test
    void theSameIdUnderAnOlderSecretIsTheSameCookie() {
        String newest = "the-second-secret-of-the-tests-0123456789";
        SessionStorage rotated = scene.storage(b -> b.cookie(Scene.COOKIE.withSecrets(newest, Scene.SECRET)));
        String signedAnew = "session="
                + new CookieCodec(rotated.cookie())
                        .encode(rotated.getSession(live).id());
        scene.repository.forget();
        scene.events.clear();

        assertThat(rotated.getSession(live + "; " + signedAnew).get("user")).isEqualTo("robin");
        assertThat(scene.repository.calls).containsExactly("read");
        assertThat(scene.events).isEmpty();
    }

    private static String used(String cookie) {
        CookieCodec codec = new CookieCodec(Scene.COOKIE);
        CookieCodec.Verified verified = codec.decode(codec.values(cookie).get(0));
        return SessionId.shortHash(java.util.Objects.requireNonNull(verified).id()) + " (used)";
    }

    private String dead() {
        String cookie = scene.stored(session -> session.set("user", "gone"));
        scene.storage.destroySession(scene.storage.getSession(cookie));
        scene.repository.forget();
        scene.events.clear();
        return cookie;
    }
}
