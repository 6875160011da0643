package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The idle timeout, the absolute timeout, and a session's own idle timeout. */
class ExpiryTest {

    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final Scene scene = new Scene(b -> b.idleTimeout(HOUR).absoluteTimeout(DAY));
    private final String cookie = scene.stored(session -> session.set("a", 1));
    private final Instant start = scene.clock.instant();

    @Test
    void anUnusedSessionEndsToTheMillisecond() {
        scene.clock.advance(HOUR.minus(MILLISECOND));
        assertThat(scene.storage.getSession(cookie).isNew()).isFalse();

        scene.clock.advance(MILLISECOND);
        assertThat(scene.storage.getSession(cookie).isNew()).isTrue();
    }

    @Test
    void aReadExtendsOnlyAfterMoreThanATenthOfTheTimeout() {
        scene.clock.advance(Duration.ofMinutes(6));
        scene.request(cookie, session -> session.get("a"));
        assertThat(scene.repository.calls).containsExactly("read");

        scene.clock.advance(MILLISECOND);
        Session session = scene.storage.getSession(cookie);
        scene.storage.commitSession(session);
        scene.storage.commitSession(session);

        assertThat(scene.repository.calls).containsExactly("read", "read", "extend");
        assertThat(scene.events).containsExactly(SessionEvent.EXTENDED);
        assertThat(session.expires()).isEqualTo(scene.clock.instant().plus(HOUR));
        assertThat(scene.record(session).expires())
                .isEqualTo(scene.clock.instant().plus(HOUR));
    }

    @Test
    void aWriteKeepsTheIdleTimeoutThatAnotherRequestHasGivenTheSessionMeanwhile() {
        Session mine = scene.storage.getSession(cookie);
        mine.set("a", 2);
        scene.storage.commitSession(scene.storage.getSession(cookie), c -> c.withMaxAge(Duration.ofHours(10)));
        scene.storage.commitSession(mine);

        assertThat(scene.record(mine).expires()).isEqualTo(start.plus(Duration.ofHours(10)));
    }

    @Test
    void aWriteTooExtendsOnlyAfterMoreThanATenthOfTheTimeout() {
        scene.clock.advance(Duration.ofMinutes(6));
        Session session = scene.storage.getSession(cookie);
        session.set("a", 2);
        scene.storage.commitSession(session);
        assertThat(scene.record(session).expires()).isEqualTo(start.plus(HOUR));

        scene.clock.advance(MILLISECOND);
        session.set("a", 3);
        scene.storage.commitSession(session);

        assertThat(scene.repository.calls).containsExactly("read", "update", "update");
        assertThat(session.expires()).isEqualTo(scene.clock.instant().plus(HOUR));
        assertThat(scene.record(session).expires())
                .isEqualTo(scene.clock.instant().plus(HOUR));
    }

    @Test
    void aRotationExtendsAtOnce() {
        scene.clock.advance(MILLISECOND);
        String rotated = scene.request(cookie, Session::rotateId);

        assertThat(scene.storage.getSession(rotated).expires())
                .isEqualTo(start.plus(HOUR).plus(MILLISECOND));
    }

    @Test
    void anOwnIdleTimeoutBeginsAtOnceAndSoDoesItsEnd() {
        Session session = scene.storage.getSession(cookie);
        scene.storage.commitSession(session, c -> c.withMaxAge(HOUR.plusMinutes(1)));
        assertThat(session.expires()).isEqualTo(start.plus(HOUR).plusSeconds(60));

        scene.clock.advance(Duration.ofMinutes(2));
        scene.storage.commitSession(session, c -> c.withMaxAge(null));
        assertThat(session.expires()).isEqualTo(start.plus(HOUR).plusSeconds(120));
    }

    @Test
    void anIdleTimeoutOfItsOwnStaysWithTheSessionAndItsCookieFollows() {
        Session session = scene.storage.getSession(cookie);
        session.idleTimeout(Duration.ofHours(10));
        String header = scene.storage.commitSession(session);
        assertThat(maxAge(header)).isEqualTo(36_000);
        assertThat(session.expires()).isEqualTo(start.plus(Duration.ofHours(10)));
        assertThat(session.data()).containsOnlyKeys("a");

        scene.clock.advance(Duration.ofHours(2));
        Session later = scene.storage.getSession(cookie);
        assertThat(maxAge(scene.storage.commitSession(later))).isEqualTo(36_000);
        assertThat(later.expires()).isEqualTo(start.plus(Duration.ofHours(12)));

        later.idleTimeout(null);
        assertThat(scene.storage.commitSession(later)).doesNotContain("Max-Age");
        assertThat(later.expires()).isEqualTo(start.plus(Duration.ofHours(3)));
    }

    @Test
    void anIdleTimeoutAloneIsNotWorthARecord() {
        Session session = scene.storage.getSession();
        session.idleTimeout(HOUR.multipliedBy(2));
        scene.storage.commitSession(session);
        assertThat(session.isNew()).isTrue();
        assertThat(scene.repository.calls).isEmpty();

        session.set("a", 1);
        assertThat(maxAge(scene.storage.commitSession(session))).isEqualTo(7_200);
        assertThat(session.expires()).isEqualTo(start.plus(HOUR.multipliedBy(2)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT0.999S", "PT-1H"})
    void anIdleTimeoutOfLessThanASecondIsRefused(Duration timeout) {
        Session session = scene.storage.getSession(cookie);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> session.idleTimeout(timeout))
                .withMessageContaining(timeout.toString());
    }

    @Test
    void aSessionFromBeforeTheIdleTimeoutWasRaisedFarAboveWhatIsLeftOfTheAbsoluteOneIsExtended() {
        while (scene.clock.instant().isBefore(start.plus(DAY).minus(HOUR.multipliedBy(2)))) {
            scene.clock.advance(HOUR.dividedBy(2));
            scene.request(cookie, session -> {});
        }
        SessionStorage raised = scene.storage(b -> b.idleTimeout(DAY).absoluteTimeout(DAY));
        Session session = raised.getSession(cookie);
        raised.commitSession(session);

        assertThat(session.expires()).isEqualTo(start.plus(DAY));
    }

    @Test
    void useKeepsASessionAliveButNeverPastTheAbsoluteTimeout() {
        Duration step = Duration.ofMinutes(50);
        Instant end = start.plus(DAY);
        while (scene.clock.instant().plus(step).isBefore(end)) {
            scene.clock.advance(step);
            scene.request(cookie, session -> {
                assertThat(session.isNew()).isFalse();
                session.update("a", Integer.class, n -> (n == null ? 0 : n) + 1);
            });
            assertThat(scene.record(scene.storage.getSession(cookie)).expires()).isBeforeOrEqualTo(end);
        }
        scene.clock.advance(Duration.between(scene.clock.instant(), end).minus(MILLISECOND));
        Session last = scene.storage.getSession(cookie);
        assertThat(last.isNew()).isFalse();
        assertThat(last.createdAt()).isEqualTo(start);
        scene.repository.forget();
        scene.storage.commitSession(last);
        assertThat(scene.repository.calls).isEmpty();

        scene.clock.advance(MILLISECOND);
        assertThat(scene.storage.getSession(cookie).isNew()).isTrue();
    }

    @Test
    void rotationKeepsTheAbsoluteDeadline() {
        String current = cookie;
        for (int i = 0; i < 23; i++) {
            scene.clock.advance(HOUR.minus(MILLISECOND));
            current = scene.request(current, Session::rotateId);
        }
        scene.clock.advance(HOUR.minus(MILLISECOND));
        assertThat(scene.storage.getSession(current).isNew()).isFalse();
        current = scene.request(current, Session::rotateId);
        scene.clock.advance(Duration.ofMillis(24));
        assertThat(scene.storage.getSession(current).isNew()).isTrue();
    }

    @Test
    void aRepositoryThatReturnsAnExpiredRecordIsNotBelieved() {
        SessionStorage storage = SessionStorage.builder()
                .cookie(Scene.COOKIE)
                .clock(scene.clock)
                .absoluteTimeout(DAY)
                .createData(scene.store::createData)
                .readData(id -> SessionData.fromJson("{\"a\":1}", 0, start, "robin", start.plus(HOUR)))
                .updateData((id, data, expires) -> true)
                .deleteData(id -> {})
                .build();
        assertThat(storage.getSession(cookie).isNew()).isFalse();

        scene.clock.advance(HOUR);
        assertThat(storage.getSession(cookie).isNew()).isTrue();
    }

    @Test
    void aShorterAbsoluteTimeoutEndsOldSessionsToo() {
        SessionStorage stricter = scene.storage(b -> b.absoluteTimeout(Duration.ofMinutes(30)));
        assertThat(stricter.getSession(cookie).isNew()).isFalse();

        scene.clock.advance(Duration.ofMinutes(30));
        assertThat(stricter.getSession(cookie).isNew()).isTrue();
    }

    @Test
    void theCookiesMaxAgeIsTheIdleTimeoutByDefault() {
        Scene other = new Scene(b -> b.cookie(Scene.COOKIE.withMaxAge(Duration.ofHours(2))));
        Session session = other.storage.getSession();
        session.set("a", 1);

        assertThat(other.storage.commitSession(session)).contains("; Max-Age=7200; ");
        assertThat(session.expires()).isEqualTo(other.clock.instant().plus(Duration.ofHours(2)));
    }

    /** As in Remix and React Router: the time that the request took is not subtracted. */
    @Test
    void theMaxAgeIsSentExactlyAsItIsConfigured() {
        Duration month = Duration.ofDays(30);
        Scene other = new Scene(b -> b.cookie(Scene.COOKIE.withMaxAge(month)));
        Session session = other.storage.getSession();
        session.set("a", 1);
        other.clock.advance(Duration.ofSeconds(3));
        String header = other.storage.commitSession(session);
        assertThat(maxAge(header)).isEqualTo(2_592_000);
        assertThat(session.expires()).isEqualTo(other.clock.instant().plus(month));

        other.clock.advance(Duration.ofDays(12));
        Session read = other.storage.getSession(Scene.sent(header));
        assertThat(maxAge(other.storage.commitSession(read))).isEqualTo(2_592_000 - 12 * 86_400);
    }

    @Test
    void theMaxAgeOfASessionThatIsRememberedIsSentExactlyToo() {
        SessionStorage storage = scene.storage(b -> b.clock(Clock.systemUTC()));
        Session session = storage.getSession();
        session.set("a", 1);

        assertThat(maxAge(storage.commitSession(session, c -> c.withMaxAge(Duration.ofDays(30)))))
                .isEqualTo(2_592_000);
    }

    /** A cookie that lives for less than a tenth of the idle timeout would end before the session's first extension. */
    @ParameterizedTest
    @CsvSource({
        "PT30M, PT2M",
        "PT24H, PT10S",
        "PT1H, PT6M",
        "PT30M, PT20M",
        "PT30M, PT30M",
        "PT30M, PT100H",
        "PT10M, PT1S"
    })
    void theCookieOfAnActiveUserNeverEnds(Duration idle, Duration maxAge) {
        Scene other = new Scene(b -> b.cookie(Scene.COOKIE.withMaxAge(maxAge)).idleTimeout(idle));
        Duration shorter = maxAge.compareTo(idle) < 0 ? maxAge : idle;
        String cookie = other.stored(session -> session.set("a", 1));
        Instant browserForgets = other.clock.instant().plus(maxAge);

        for (int request = 0; request < 100; request++) {
            other.clock.advance(shorter.dividedBy(20));
            assertThat(other.clock.instant()).isBefore(browserForgets);
            Session session = other.storage.getSession(cookie);
            Instant before = session.expires();
            String header = other.storage.commitSession(session);
            assertThat(maxAge(header)).isEqualTo(maxAge.toSeconds());
            if (!Objects.equals(session.expires(), before)) {
                browserForgets = other.clock.instant().plus(maxAge);
            }
        }
        assertThat(other.events).filteredOn(SessionEvent.EXTENDED::equals).hasSizeBetween(25, 50);
    }

    @Test
    void rememberMeStaysWithTheSessionAndItsCookie() {
        Scene other = new Scene();
        Session session = other.storage.getSession();
        session.set("a", 1);
        String header = other.storage.commitSession(session, c -> c.withMaxAge(Duration.ofDays(10)));
        String remembered = Scene.sent(header);
        assertThat(header).contains("; Max-Age=864000; ");

        other.clock.advance(Duration.ofDays(9));
        Session read = other.storage.getSession(remembered);
        assertThat(read.isNew()).isFalse();
        assertThat(read.data()).containsOnlyKeys("a");
        assertThat(other.storage.commitSession(read)).contains("; Max-Age=864000; ");

        other.clock.advance(Duration.ofDays(9));
        Session written = other.storage.getSession(remembered);
        written.set("a", 2);
        written.rotateId();
        String rotated = other.storage.commitSession(written);
        assertThat(rotated).contains("; Max-Age=864000; ");

        other.clock.advance(Duration.ofDays(9));
        assertThat(other.storage.getSession(Scene.sent(rotated)).get("a")).isEqualTo(2);
    }

    @Test
    void rememberMeCanBeTakenBack() {
        Scene other = new Scene(b -> b.cookie(Scene.COOKIE.withMaxAge(HOUR)));
        Session session = other.storage.getSession();
        session.set("a", 1);
        other.storage.commitSession(session, c -> c.withMaxAge(Duration.ofDays(10)));
        String header = other.storage.commitSession(session, c -> c.withMaxAge(null));

        assertThat(header).doesNotContain("Max-Age");
        assertThat(session.expires()).isEqualTo(other.clock.instant().plus(HOUR));
    }

    @Test
    void theTenthIsThatOfTheSessionsOwnTimeout() {
        Session session = scene.storage.getSession(cookie);
        scene.storage.commitSession(session, c -> c.withMaxAge(Duration.ofHours(10)));
        scene.repository.forget();

        scene.clock.advance(HOUR);
        scene.request(cookie, unchanged -> {});
        assertThat(scene.repository.calls).containsExactly("read");
        scene.clock.advance(MILLISECOND);
        scene.request(cookie, unchanged -> {});
        assertThat(scene.repository.calls).containsExactly("read", "read", "extend");
    }

    @Test
    void maxAgeIsCappedAtTheAbsoluteTimeout() {
        Session session = scene.storage.getSession(cookie);
        scene.clock.advance(Duration.ofMinutes(30));
        String header = scene.storage.commitSession(session, c -> c.withMaxAge(Duration.ofDays(365)));

        assertThat(maxAge(header)).isEqualTo(DAY.minusMinutes(30).toSeconds());
        assertThat(session.expires()).isEqualTo(start.plus(DAY));
    }

    @Test
    void aCommitAtTheVeryEndNeverMakesABrowserSessionOfTheCookie() {
        Session session = scene.storage.getSession(cookie);
        scene.storage.commitSession(session, c -> c.withMaxAge(Duration.ofDays(365)));
        Session last = scene.storage.getSession(cookie);
        scene.clock.advance(DAY.plus(HOUR));

        assertThat(scene.storage.commitSession(last)).contains("; Max-Age=0; ");
    }

    @Test
    void aRequestThatRunsOverTheAbsoluteTimeoutStoresNothing() {
        Scene other = new Scene(b -> b.idleTimeout(DAY).absoluteTimeout(DAY));
        String own = other.stored(session -> session.set("a", 1));
        Session late = other.storage.getSession(own);
        late.set("a", 2);
        other.clock.advance(DAY);

        assertThatExceptionOfType(SessionGoneException.class).isThrownBy(() -> other.storage.commitSession(late));
    }

    @Test
    void anExtensionIsDroppedWhenTheRecordIsGoneOrNewer() {
        scene.clock.advance(Duration.ofMinutes(10));
        Session gone = scene.storage.getSession(cookie);
        Session newer = scene.storage.getSession(cookie);
        scene.request(cookie, other -> other.set("a", 2));
        SessionData before = scene.record(newer);

        assertThatCode(() -> scene.storage.commitSession(newer)).doesNotThrowAnyException();
        assertThat(scene.record(newer)).isEqualTo(before);

        scene.storage.destroySession(scene.storage.getSession(cookie));
        assertThatCode(() -> scene.storage.commitSession(gone)).doesNotThrowAnyException();
        assertThat(scene.storage.getSession(cookie).isNew()).isTrue();
        assertThat(scene.events).doesNotContain(SessionEvent.EXTENDED, SessionEvent.GONE);
    }

    @Test
    void aRepositoryOfFourCallbacksExtendsThroughItsUpdate() {
        Scene plain = new Scene(MapRepository::new, b -> b.idleTimeout(HOUR));
        String own = plain.stored(session -> session.set("a", 1));
        plain.clock.advance(Duration.ofMinutes(50));
        Session session = plain.storage.getSession(own);
        plain.storage.commitSession(session);
        session.set("a", 2);
        plain.storage.commitSession(session);
        plain.clock.advance(Duration.ofMinutes(50));

        assertThat(plain.seen(own, "a")).isEqualTo(2);
    }

    private static long maxAge(String header) {
        Matcher matcher = Pattern.compile("Max-Age=(-?\\d+)").matcher(header);
        assertThat(matcher.find()).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
