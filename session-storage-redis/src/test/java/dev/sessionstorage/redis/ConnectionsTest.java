package dev.sessionstorage.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** How commands use the connection and how they fail, on a server that only this test uses. */
class ConnectionsTest {

    private static final String HOST = "127.0.0.1";
    private static final RedisProcess SERVER = RedisProcess.start();

    private final AtomicInteger asked = new AtomicInteger();
    private final LettuceConnectionFactory factory = factory(Duration.ofSeconds(2));
    private final SessionData data = SessionData.fromJson(
            "{\"a\":1}", 0, Instant.now(), "robin", Instant.now().plus(Duration.ofHours(1)));
    private final RedisSessionDataRepository repository = new RedisSessionDataRepository(factory, "session:");

    @AfterAll
    static void stopServer() {
        SERVER.close();
    }

    @AfterEach
    void disconnect() {
        factory.destroy();
    }

    @Test
    void aServerThatDoesNotAnswerInTimeIsADataAccessException() throws IOException {
        factory.start();
        String id = create();
        try (RedisWire wire = new RedisWire(HOST, SERVER.port())) {
            wire.send("CLIENT PAUSE 60000 WRITE");
            try {
                assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(this::create);
                assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(() -> update(id));
            } finally {
                wire.send("CLIENT UNPAUSE");
            }
        }
    }

    @Test
    void aCommandThatRedisRefusesIsADataAccessException() throws IOException {
        factory.start();
        String id = create();
        try (RedisWire wire = new RedisWire(HOST, SERVER.port())) {
            wire.send("ACL SETUSER default -get -getrange");
            try {
                assertThatExceptionOfType(RedisSystemException.class).isThrownBy(() -> repository.readData(id));
                assertThatExceptionOfType(RedisSystemException.class).isThrownBy(() -> update(id));
            } finally {
                wire.send("ACL SETUSER default +@all");
            }
        }
    }

    /** Another application's value under our prefix is not a session, and does not affect the others. */
    @ParameterizedTest
    @ValueSource(strings = {"LPUSH %s x", "SADD %s x", "HSET %s a x", "ZADD %s 1 x", "XADD %s * a x", "SET %s x"})
    void whatIsNoSessionIsThatOfOneUser(String command) throws IOException {
        factory.start();
        String id = create();
        String other = create();
        try (RedisWire wire = new RedisWire(HOST, SERVER.port())) {
            wire.send("DEL session:" + SessionId.hash(id));
            wire.send(command.formatted("session:" + SessionId.hash(id)));
        }

        assertThat(Objects.requireNonNull(repository.readData(id)).toJson()).isEqualTo("not a session");
        assertThat(repository.isMoved(id)).isFalse();
        assertThat(repository.findByPrincipal("robin"))
                .containsKey(SessionId.hash(other))
                .doesNotContainKey(SessionId.hash(id));
        repository.deleteData(id);
        assertThat(repository.readData(id)).isNull();
    }

    @Test
    void aFullMemoryReadsAndEndsSessionsAndTakesNoOthers() throws IOException {
        factory.start();
        String id = create();
        String byHandle = create();
        String byPrincipal = create();
        try (RedisWire wire = new RedisWire(HOST, SERVER.port())) {
            wire.send("CONFIG SET maxmemory 1");
            try {
                assertThat(repository.readData(id)).isNotNull();
                assertThatExceptionOfType(RedisSystemException.class).isThrownBy(this::create);
                assertThatExceptionOfType(RedisSystemException.class).isThrownBy(() -> update(id));
                assertThatExceptionOfType(RedisSystemException.class)
                        .isThrownBy(() -> repository.extendData(id, data, data.expires()));

                repository.deleteData(id);
                assertThat(repository.deleteByHandle("robin", SessionId.hash(byHandle)))
                        .isTrue();
                assertThat(repository.deleteByPrincipal("robin", null)).isPositive();
                for (String ended : List.of(id, byHandle, byPrincipal)) {
                    assertThat(repository.readData(ended)).isNull();
                }
            } finally {
                wire.send("CONFIG SET maxmemory 0");
            }
            for (String ended : List.of(id, byHandle, byPrincipal)) {
                assertThat(update(ended)).isFalse();
            }
        }
    }

    /** Otherwise each request would wait for all those before it. */
    @Test
    void noRequestWaitsForMoreThanItsTimeoutToConnect() throws Exception {
        List<Socket> connected = new CopyOnWriteArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(20);
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> acceptAll(silent, connected));
            server.setDaemon(true);
            server.start();
            LettuceConnectionFactory waiting = factory(silent.getLocalPort(), Duration.ofMillis(500));
            waiting.start();
            RedisSessionDataRepository sessions = new RedisSessionDataRepository(waiting, "session:");
            List<CompletableFuture<?>> requests = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                requests.add(CompletableFuture.runAsync(() -> sessions.readData("nobody's"), threads));
            }

            for (CompletableFuture<?> request : requests) {
                assertThat(catchThrowable(request::join)).hasCauseInstanceOf(RedisConnectionFailureException.class);
            }
            assertThat(connected).hasSizeBetween(1, 3);
            waiting.destroy();
        } finally {
            threads.shutdown();
        }
    }

    /** Such a server may drop at once what has expired by its own clock. */
    @Test
    void aServerThatNeverStoresANewSessionIsNotAskedForEver() throws IOException {
        List<String> asked = new CopyOnWriteArrayList<>();
        try (ServerSocket refusing = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> refuseToSet(refusing, asked));
            server.setDaemon(true);
            server.start();
            LettuceConnectionFactory other = factory(refusing.getLocalPort(), Duration.ofSeconds(10));
            other.start();
            SessionData anonymous = SessionData.fromJson("{}", 0, Instant.now(), null, data.expires());

            assertThatExceptionOfType(DataAccessException.class)
                    .isThrownBy(() -> new RedisSessionDataRepository(other, "session:")
                            .createData(anonymous, anonymous.expires()));
            assertThat(asked).hasSize(3);
            other.destroy();
        }
    }

    private static void refuseToSet(ServerSocket refusing, List<String> asked) {
        try (Socket client = refusing.accept();
                Scanner lines = new Scanner(client.getInputStream(), StandardCharsets.UTF_8)) {
            while (lines.hasNextLine()) {
                int words = Integer.parseInt(lines.nextLine().substring(1));
                List<String> command = new ArrayList<>();
                for (int i = 0; i < words; i++) {
                    lines.nextLine();
                    command.add(lines.nextLine());
                }
                boolean isSet = command.get(0).equals("SET");
                if (isSet) {
                    asked.add(command.get(1));
                }
                String answer = isSet ? "$-1" : command.get(0).equals("HELLO") ? "-ERR unknown command" : "+OK";
                client.getOutputStream().write((answer + "\r\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private static void acceptAll(ServerSocket silent, List<Socket> connected) {
        try {
            while (true) {
                connected.add(silent.accept());
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWriteThatWasSentTwiceAndLostMayHaveWon(boolean serverForgotTheScript) throws Exception {
        LettuceConnectionFactory patient = factory(Duration.ofSeconds(30));
        patient.start();
        RedisSessionDataRepository waiting = new RedisSessionDataRepository(patient, "session:");
        // Without a principal the write is a single command, and the server
        // has read all of it when its connection is killed.
        SessionData written = SessionData.fromJson("{}", 0, Instant.now(), null, data.expires());
        String id = waiting.createData(written, written.expires());
        assertThat(waiting.updateData(id, written, written.expires())).isTrue();
        assertThat(Objects.requireNonNull(waiting.readData(id)).version()).isEqualTo(1);
        try (RedisWire wire = new RedisWire(HOST, SERVER.port())) {
            if (serverForgotTheScript) {
                wire.send("SCRIPT FLUSH");
            }
            wire.send("CLIENT PAUSE 60000 WRITE");
            CompletableFuture<Boolean> lost =
                    CompletableFuture.supplyAsync(() -> waiting.updateData(id, written, written.expires()));
            try {
                String broken = writer("none");
                wire.send("CLIENT KILL ID " + broken);
                writer(broken);
            } finally {
                wire.send("CLIENT UNPAUSE");
            }

            Throwable unknown = catchThrowable(lost::join);
            patient.destroy();
            assertThat(unknown).hasCauseInstanceOf(RedisConnectionFailureException.class);
        }
    }

    /** Waits for a connection that has a script to run, other than the killed one, and returns its id. */
    private static String writer(String killed) throws IOException {
        String[] id = {""};
        RedisWire.await(SERVER.port(), "CLIENT LIST", client -> {
            id[0] = client.substring("id=".length(), client.indexOf(' '));
            return client.contains("cmd=evalsha") && !id[0].equals(killed);
        });
        return id[0];
    }

    @Test
    void aConnectionThatIsStoppedIsADataAccessException() {
        factory.start();
        String id = create();
        factory.stop();

        assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> repository.readData(id));
        assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> update(id));

        factory.start();
        assertThat(repository.readData(id)).isNotNull();
    }

    @Test
    void aSharedConnectionIsAskedForOnceAndAgainAfterAReset() {
        factory.start();
        String id = create();
        assertThat(repository.readData(id)).isNotNull();
        assertThat(asked.get()).isEqualTo(1);

        factory.resetConnection();
        assertThat(update(id)).isTrue();
        assertThat(asked.get()).isEqualTo(2);
    }

    @Test
    void aConnectionThatIsToBeValidatedIsValidatedEachTime() throws IOException {
        factory.setValidateConnection(true);
        factory.start();
        String id = create();
        try (RedisMonitor monitor = new RedisMonitor(SERVER.port())) {
            assertThat(monitor.sentBy(() -> repository.readData(id))).containsExactly("ping", "get");
            assertThat(monitor.sentBy(() -> repository.readData(id))).containsExactly("ping", "get");
        }
    }

    @Test
    void aConnectionOfItsOwnIsGivenBackAfterEachCall() throws IOException {
        factory.setShareNativeConnection(false);
        factory.start();
        String id = create();

        for (int i = 0; i < 10; i++) {
            assertThat(repository.readData(id)).isNotNull();
        }
        assertThat(update(id)).isTrue();
        assertThat(Objects.requireNonNull(repository.readData(id)).version()).isEqualTo(1);

        RedisWire.await(SERVER.port(), "INFO clients", "connected_clients:1"::equals);
    }

    @Test
    void aTimeoutOfZeroIsNone() {
        LettuceConnectionFactory patient = factory(Duration.ZERO);
        patient.start();
        RedisSessionDataRepository waiting = new RedisSessionDataRepository(patient, "session:");

        String id = waiting.createData(data, data.expires());

        assertThat(waiting.updateData(id, data, data.expires())).isTrue();
        assertThat(waiting.findByPrincipal("robin")).containsKey(SessionId.hash(id));
        patient.destroy();
    }

    private LettuceConnectionFactory factory(Duration timeout) {
        return factory(SERVER.port(), timeout);
    }

    private LettuceConnectionFactory factory(int port, Duration timeout) {
        LettuceConnectionFactory factory =
                new LettuceConnectionFactory(
                        new RedisStandaloneConfiguration(HOST, port),
                        LettuceClientConfiguration.builder()
                                .commandTimeout(timeout)
                                .build()) {
                    @Override
                    public RedisConnection getConnection() {
                        asked.incrementAndGet();
                        return super.getConnection();
                    }
                };
        factory.afterPropertiesSet();
        return factory;
    }

    private String create() {
        return repository.createData(data, data.expires());
    }

    private boolean update(String id) {
        return repository.updateData(id, data, data.expires());
    }
}
