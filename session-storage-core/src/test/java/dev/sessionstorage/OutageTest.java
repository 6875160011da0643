package dev.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The log of an outage: one message when it begins, one when it ends, and never any content of a session. */
class OutageTest {

    private static final String VALUE = "hunter2";

    private final Scene scene = new Scene();
    private final String cookie = scene.stored(session -> session.set("password", VALUE));
    private final String id = scene.storage.getSession(cookie).id();

    @Test
    void anOutageIsOneWarningAndItsEndAnother() {
        try (CapturedLog log = new CapturedLog()) {
            scene.repository.failAt("read");
            repeat(20, this::read);
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("unavailable", "read", RecordingRepository.class.getName(), "503");
            assertThat(scene.events).hasSize(20).containsOnly(SessionEvent.UNAVAILABLE);

            scene.clock.advance(Duration.ofSeconds(75));
            scene.repository.failAt(null);
            repeat(20, this::read);
            assertThat(log.warnings()).hasSize(2).last().asString().contains("available again", "75 s");

            scene.repository.failAt("read");
            repeat(20, this::read);
            assertThat(log.warnings()).hasSize(3);
        }
    }

    @Test
    void requestsThatFailAtOnceSayItOnce() throws Exception {
        scene.repository.failAt("read");
        try (CapturedLog log = new CapturedLog()) {
            Thread[] threads = new Thread[8];
            for (int i = 0; i < threads.length; i++) {
                threads[i] = new Thread(() -> repeat(50, this::read));
                threads[i].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(log.warnings()).hasSize(1);
        }
        assertThat(scene.events).hasSize(400);
    }

    @Test
    void aStoreThatOnlyReadsIsNotBackBeforeAWrite() {
        try (CapturedLog log = new CapturedLog()) {
            scene.repository.failAt("update");
            repeat(20, this::write);
            assertThat(log.warnings()).singleElement().asString().contains("update");

            scene.repository.failAt(null);
            repeat(20, this::read);
            assertThat(log.warnings()).hasSize(1);
            repeat(20, this::write);
            assertThat(log.warnings()).hasSize(2).last().asString().contains("available again");
        }
    }

    /** A store whose memory is full refuses writes but still deletes. */
    @Test
    void aLogoutDoesNotEndAnOutageOfWrites() {
        String other = scene.stored(session -> session.set("a", 1));
        try (CapturedLog log = new CapturedLog()) {
            scene.repository.failAt("update");
            write();
            scene.storage.destroySession(scene.storage.getSession(other));
            write();
            assertThat(log.warnings()).hasSize(1);
        }
    }

    @Test
    void aLogoutEndsAnOutageOfLogouts() {
        try (CapturedLog log = new CapturedLog()) {
            scene.repository.failAt("delete");
            attempt(() -> scene.storage.destroySession(scene.storage.getSession(cookie)));
            scene.repository.failAt(null);
            read();
            assertThat(log.warnings()).hasSize(1);
            scene.storage.destroySession(scene.storage.getSession(cookie));
            assertThat(log.warnings()).hasSize(2).last().asString().contains("available again");
        }
    }

    /** Calls that wait for a timeout fail after others succeed again. */
    @Test
    void aCallThatBeganBeforeTheEndOfAnOutageBeginsNoOther() {
        List<Runnable> timeouts = new ArrayList<>();
        SessionDataRepository store = scene.store;
        SessionStorage storage = SessionStorage.builder()
                .cookie(Scene.COOKIE)
                .createData(store::createData)
                .readData(read -> {
                    if (!timeouts.isEmpty()) {
                        timeouts.remove(0).run();
                    }
                    return store.readData(read);
                })
                .updateData(store::updateData)
                .deleteData(store::deleteData)
                .clock(scene.clock)
                .build();
        Runnable timeout = () -> {
            throw new IllegalStateException("Timeout");
        };
        Runnable othersWorkMeanwhile = () -> {
            attempt(() -> storage.getSession(cookie));
            storage.getSession(cookie);
            timeout.run();
        };
        try (CapturedLog log = new CapturedLog()) {
            timeouts.addAll(List.of(othersWorkMeanwhile, timeout));
            attempt(() -> storage.getSession(cookie));
            assertThat(log.warnings()).hasSize(2).last().asString().contains("available again");

            timeouts.add(timeout);
            attempt(() -> storage.getSession(cookie));
            assertThat(log.warnings()).hasSize(3);
        }
    }

    @Test
    void aReadEndsAnOutageInWhichReadsFailedToo() {
        Session open = scene.storage.getSession(cookie);
        open.set("a", 1);
        try (CapturedLog log = new CapturedLog()) {
            scene.repository.failAt("update");
            attempt(() -> scene.storage.commitSession(open));
            scene.repository.failAt("read");
            read();
            scene.repository.failAt(null);
            read();
            assertThat(log.warnings()).hasSize(2).last().asString().contains("available again");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "update", "rotate", "delete"})
    void eachKindOfWriteCounts(String call) {
        scene.repository.failAt(call);
        try (CapturedLog log = new CapturedLog()) {
            repeat(3, () -> {
                Session session = scene.storage.getSession(call.equals("create") ? null : cookie);
                session.set("a", System.nanoTime());
                if (call.equals("rotate")) {
                    session.rotateId();
                }
                if (call.equals("delete")) {
                    scene.storage.destroySession(session);
                } else {
                    scene.storage.commitSession(session);
                }
            });
            assertThat(log.warnings()).singleElement().asString().contains(call);
        }
        assertThat(scene.events).hasSize(3).containsOnly(SessionEvent.UNAVAILABLE);
    }

    @Test
    void aStoreThatComesAndGoesDoesNotFillTheLog() {
        try (CapturedLog log = new CapturedLog()) {
            repeat(500, () -> {
                scene.repository.failAt("read");
                read();
                scene.repository.failAt(null);
                read();
            });
            assertThat(log.warnings()).hasSizeBetween(2, 20);
            assertThat(log.warnings().stream().filter(line -> line.contains("available again")))
                    .hasSize(log.warnings().size() / 2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "22001, refused",
        "23505, refused",
        "40001, refused",
        "25P02, refused",
        "08001, unavailable",
        "57P01, unavailable",
        "53100, unavailable",
        "42P01, unavailable"
    })
    void oneStatementThatIsRefusedIsNoOutage(String state, String said) {
        try (CapturedLog log = new CapturedLog()) {
            scene.repository.failAt("read", new IllegalStateException(new SQLException(VALUE + id, state)));
            read();
            scene.repository.failAt(null);
            read();
            assertThat(log.warnings()).hasSize(said.equals("refused") ? 1 : 2);
            assertThat(log.warnings().get(0)).contains(said, "SQLState " + state, SQLException.class.getName());
            assertThat(log.text()).doesNotContain(VALUE, id);
        }
    }

    @Test
    void theCauseIsNamedWithoutWhatItShows() {
        try (CapturedLog log = new CapturedLog()) {
            scene.repository.failAt(
                    "read",
                    new IllegalStateException(
                            VALUE, new UncheckedIOException(new ConnectException("Connection refused"))));
            read();
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("IllegalStateException (java.net.ConnectException: Connection refused)");
            assertThat(log.text()).doesNotContain(VALUE);
        }
    }

    static Stream<Arguments> whatReadsAndWrites() {
        return Stream.of(
                Arguments.of(new ConnectException("Connection refused"), ": Connection refused"),
                Arguments.of(new SocketTimeoutException("Read timed out"), ": Read timed out"),
                Arguments.of(new UnknownHostException("sessions.example"), ": sessions.example"),
                Arguments.of(new SSLException("No trusted certificate"), ": No trusted certificate"),
                Arguments.of(new NoSuchFileException("/sessions/" + VALUE), ""),
                Arguments.of(new AccessDeniedException(VALUE + ".json", null, "locked"), ""),
                Arguments.of(new IOException("Unexpected character in " + VALUE), ""));
    }

    /** A file-based repository may name files after sessions, and a parser quotes what it cannot parse. */
    @ParameterizedTest
    @MethodSource("whatReadsAndWrites")
    void onlyWhatTheNetworkSaysIsSaid(IOException cause, String said) {
        try (CapturedLog log = new CapturedLog()) {
            scene.repository.failAt("read", new UncheckedIOException(cause));
            read();
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("(" + cause.getClass().getName() + said + ")");
            assertThat(log.text()).doesNotContain(VALUE);
        }
    }

    /** Lettuce has one exception class for everything that Redis refuses. */
    @ParameterizedTest
    @CsvSource({
        "OOM command not allowed when used memory > 'maxmemory'., OOM",
        "READONLY You can't write against a read only replica., READONLY",
        "NOPERM this user has no permissions to run the 'eval' command, NOPERM",
        "Hunter2 is no password, ''",
        "HUNTER2, ''"
    })
    void theCodeOfAnErrorIsSaidAndNothingElseOfIt(String message, String code) {
        try (CapturedLog log = new CapturedLog()) {
            scene.repository.failAt("read", new IllegalStateException(VALUE, new ArithmeticException(message)));
            read();
            String said = "(java.lang.ArithmeticException" + (code.isEmpty() ? "" : ": " + code) + ")";
            assertThat(log.warnings()).singleElement().asString().contains(said);
            assertThat(log.text()).doesNotContainIgnoringCase(VALUE);
        }
    }

    @Test
    void eachEventIsADebugLineWithAShortHash() {
        try (CapturedLog log = new CapturedLog()) {
            Session session = scene.storage.getSession("session=forged\u001b[31m; " + cookie);
            session.set("password", "other");
            scene.storage.commitSession(session);
            session.rotateId();
            scene.storage.commitSession(session);
            Session late = scene.storage.getSession(cookie(session));
            late.set("a", 1);
            scene.storage.destroySession(session);
            attempt(() -> scene.storage.commitSession(late));

            String before = SessionId.shortHash(id);
            String after = SessionId.shortHash(late.id());
            assertThat(log.debugOf(SessionEvent.class))
                    .containsExactly(
                            "cookie_rejected",
                            "updated: session " + before,
                            "rotated: session " + before + " is now " + after,
                            "destroyed: session " + after,
                            "gone: session " + after);
            assertThat(log.text()).doesNotContain(id, late.id(), "forged", "\u001b", VALUE);
            assertThat(log.warnings()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\r\nWARN forged line",
                "a\u2028b",
                "%0d%0aforged",
                "\u001b[2Jforged",
                "${jndi:ldap://127.0.0.1/forged}",
                "{}forged{}"
            })
    void nothingOfAForgedCookieIsLogged(String value) {
        try (CapturedLog log = new CapturedLog()) {
            scene.storage.getSession("session=" + value);
            assertThat(log.text()).doesNotContain("forged", "\u2028", "\u001b").contains("cookie_rejected");
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void whatAClientCanRepeatDoesNotFillTheLog() {
        String other = scene.stored(session -> session.set("a", 1));
        try (CapturedLog log = new CapturedLog()) {
            repeat(500, () -> scene.storage.getSession(cookie + "; " + other));
            assertThat(log.warnings().size()).isLessThanOrEqualTo(10);
            overwrite("{\"password\":" + VALUE);
            repeat(500, this::read);
            assertThat(log.warnings().size()).isLessThanOrEqualTo(20);
            assertThat(log.text()).doesNotContain(VALUE);
        }
    }

    @Test
    void anErrorOfTheJvmIsNoOutage() {
        SessionStorage storage = SessionStorage.builder()
                .cookie(Scene.COOKIE)
                .createData((data, expires) -> "")
                .readData(id -> {
                    throw new AssertionError(VALUE);
                })
                .updateData((id, data, expires) -> false)
                .deleteData(id -> {})
                .build();
        try (CapturedLog log = new CapturedLog()) {
            assertThat(catchThrowable(() -> storage.getSession(cookie))).isInstanceOf(AssertionError.class);
            assertThat(log.warnings()).isEmpty();
        }
    }

    private void overwrite(String json) {
        Session session = scene.storage.getSession(cookie);
        SessionData data = scene.record(session);
        Instant expires = data.expires();
        assertThat(scene.store.updateData(
                        session.id(),
                        SessionData.fromJson(json, data.version(), data.createdAt(), null, expires),
                        expires))
                .isTrue();
    }

    private static String cookie(Session session) {
        return "session=" + new CookieCodec(Scene.COOKIE).encode(session.id());
    }

    private void read() {
        attempt(() -> scene.storage.getSession(cookie));
    }

    private void write() {
        attempt(() -> scene.request(cookie, session -> session.set("a", System.nanoTime())));
    }

    private static void attempt(Runnable work) {
        try {
            work.run();
        } catch (SessionException expected) {
            // The test looks at the log.
        }
    }

    private static void repeat(int times, Runnable work) {
        for (int i = 0; i < times; i++) {
            attempt(work);
        }
    }
}
