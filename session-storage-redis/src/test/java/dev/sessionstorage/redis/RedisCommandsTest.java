package dev.sessionstorage.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.SessionData;
import dev.sessionstorage.SessionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The commands that each callback sends, as MONITOR shows them, on a server that only this test uses. */
class RedisCommandsTest {

    private static final int LARGE = 5_000;
    private static final Pattern BYTES_BEHIND_COMMAND = Pattern.compile(" qbuf=(\\d+) ");

    private static RedisProcess server;
    private static LettuceConnectionFactory factory;
    private static RedisMonitor monitor;

    private RedisSessionDataRepository repository;

    @BeforeAll
    static void start() throws IOException {
        server = RedisProcess.start();
        factory = TestRedis.connect("127.0.0.1", server.port());
        monitor = new RedisMonitor(server.port());
    }

    @AfterAll
    static void stop() throws IOException {
        monitor.close();
        factory.destroy();
        server.close();
    }

    @BeforeEach
    void loadTheScripts() {
        repository = new RedisSessionDataRepository(factory, "session:");
        SessionData data = data("robin");
        String id = repository.createData(data, data.expires());
        repository.extendData(id, data, data.expires());
        repository.updateData(id, data, data.expires());
        repository.rotateData(id, data.withNextVersion(), data.expires());
        repository.deleteByPrincipal("robin", null);
    }

    @Test
    void eachCallbackIsOneCommand() throws IOException {
        String[] ids = {create(null), create(null)};

        assertThat(sentBy(() -> create(null))).containsExactly("set");
        assertThat(sentBy(() -> repository.readData(ids[0]))).containsExactly("get");
        assertThat(sentBy(() -> repository.extendData(ids[0], data(null), in(2))))
                .containsExactly("evalsha");
        assertThat(sentBy(() -> repository.updateData(ids[0], data(null), in(2))))
                .containsExactly("evalsha");
        assertThat(sentBy(() -> repository.deleteData(ids[0]))).containsExactly("set");
        assertThat(sentBy(() -> repository.rotateData(ids[1], data(null), in(2))))
                .containsExactly("set", "evalsha");
    }

    @Test
    void aPrincipalIsOneMoreCommandInTheSameRoundTrip() throws IOException {
        String id = create("robin");

        assertThat(sentBy(() -> create("robin"))).containsExactly("evalsha", "set");
        assertThat(sentBy(() -> repository.readData(id))).containsExactly("get");
        assertThat(sentBy(() -> repository.updateData(id, data("robin"), in(2))))
                .containsExactly("evalsha", "evalsha");
        assertThat(sentBy(() -> repository.deleteData(id))).containsExactly("set");
        assertThat(sentBy(() -> repository.deleteByHandle("robin", SessionId.hash(id))))
                .containsExactly("evalsha");
    }

    @Test
    void aListIsOneCommandAndOneMoreForEachSession() throws IOException {
        create("jay");
        create("jay");

        assertThat(sentBy(() -> assertThat(repository.findByPrincipal("jay")).hasSize(2)))
                .containsExactly("zrange", "get", "get");
    }

    @Test
    void aPrincipalIsNotedInTheSameRoundTrip() throws Exception {
        String large = "x".repeat(LARGE);
        SessionData data = SessionData.fromJson("{\"a\":\"" + large + "\"}", 0, Instant.now(), "robin", in(1));
        String id = create("robin");

        assertThat(sentAtOnce(() -> repository.createData(data, data.expires())))
                .isNotEmpty();
        assertThat(sentAtOnce(() -> repository.updateData(id, data, data.expires())))
                .isTrue();
    }

    @Test
    void aServerThatHasForgottenTheScriptsGetsThemAgain() throws IOException {
        String id = create("robin");
        try (RedisConnection connection = factory.getConnection()) {
            connection.scriptingCommands().scriptFlush();
        }

        assertThat(sentBy(() -> assertThat(repository.updateData(id, data("robin"), in(2)))
                        .isTrue()))
                .containsExactly("evalsha", "evalsha", "eval", "eval");

        assertThat(repository.updateData(id, data("robin"), in(2))).isFalse();
        assertThat(Objects.requireNonNull(repository.readData(id)).version()).isEqualTo(1);
        assertThat(repository.findByPrincipal("robin")).containsKey(SessionId.hash(id));
    }

    @Test
    void hotReadsSendNothingWithANearCache() {
        RedisSessionDataRepository near = new RedisSessionDataRepository(factory, "session:", 10);
        NearNodes.awaitOn(near);
        String id = create(null);
        SessionData stored = repository.readData(id);
        int reads = 10_000;

        // Within a second all these reads cost one command, so some batch of them costs none.
        NearNodes.await("hot reads send nothing", () -> sentByReads(near, id, stored, reads)
                .isEmpty());

        assertThat(sentByReads(repository, id, stored, 100)).hasSize(100).containsOnly("get");
    }

    /** Runs an operation on a server that executes no write until a large record has arrived behind the operation's script. */
    private static <T> T sentAtOnce(Callable<T> operation) throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (RedisWire wire = new RedisWire("127.0.0.1", server.port())) {
            wire.send("CLIENT PAUSE 60000 WRITE");
            try {
                Future<T> running = thread.submit(operation);
                RedisWire.await(
                        server.port(),
                        "CLIENT LIST",
                        client -> client.contains("cmd=evalsha") && bytesBehindCommand(client) > LARGE);
                wire.send("CLIENT UNPAUSE");
                return running.get(30, TimeUnit.SECONDS);
            } finally {
                wire.send("CLIENT UNPAUSE");
            }
        } finally {
            thread.shutdownNow();
        }
    }

    private static int bytesBehindCommand(String client) {
        Matcher bytes = BYTES_BEHIND_COMMAND.matcher(client);
        return bytes.find() ? Integer.parseInt(bytes.group(1)) : 0;
    }

    private static List<String> sentByReads(
            RedisSessionDataRepository repository, String id, @Nullable SessionData stored, int reads) {
        try {
            long[] nanos = {0};
            List<String> sent = monitor.sentBy(() -> {
                long start = System.nanoTime();
                for (int i = 0; i < reads; i++) {
                    assertThat(repository.readData(id)).isEqualTo(stored);
                }
                nanos[0] = System.nanoTime() - start;
            });
            System.out.printf(
                    "%d reads sent %d commands, %.1f us each%n", reads, sent.size(), nanos[0] / 1_000.0 / reads);
            return sent;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String create(@Nullable String principal) {
        SessionData data = data(principal);
        return repository.createData(data, data.expires());
    }

    private static SessionData data(@Nullable String principal) {
        return SessionData.fromJson("{\"a\":1}", 0, Instant.now(), principal, in(1));
    }

    private static Instant in(int hours) {
        return Instant.now().plus(Duration.ofHours(hours));
    }

    private List<String> sentBy(Runnable operation) throws IOException {
        List<String> sent = monitor.sentBy(operation);
        System.out.println(sent);
        return sent;
    }
}
