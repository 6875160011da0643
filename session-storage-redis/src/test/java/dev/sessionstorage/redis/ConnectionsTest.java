package dev.sessionstorage.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
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

/** How commands use the connection, and what their failures are, on a server that only this test uses. */
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
            wire.send("DEL session:" + SessionId.hash(id));
            wire.send("LPUSH session:" + SessionId.hash(id) + " x");

            assertThatExceptionOfType(RedisSystemException.class).isThrownBy(() -> repository.readData(id));
            assertThatExceptionOfType(RedisSystemException.class).isThrownBy(() -> update(id));
            wire.send("DEL session:" + SessionId.hash(id));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWriteThatWasSentTwiceAndLostMayHaveWon(boolean serverForgotTheScript) throws Exception {
        LettuceConnectionFactory patient = factory(Duration.ofSeconds(30));
        patient.start();
        RedisSessionDataRepository waiting = new RedisSessionDataRepository(patient, "session:");
        // Without a principal it is one command, all of which the server has read when its connection is killed.
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

    /** Waits for a connection that has a script to run, another one than that which was killed, and gives its id. */
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
        LettuceConnectionFactory factory =
                new LettuceConnectionFactory(
                        new RedisStandaloneConfiguration(HOST, SERVER.port()),
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
