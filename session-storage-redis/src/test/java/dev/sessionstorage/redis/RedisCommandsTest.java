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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** What each callback sends, as the server's MONITOR shows it, on a server that only this test uses. */
class RedisCommandsTest {

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
        assertThat(sentBy(() -> repository.deleteData(ids[0]))).containsExactly("del");
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
        assertThat(sentBy(() -> repository.deleteData(id))).containsExactly("del");
        assertThat(sentBy(() -> repository.findByPrincipal("robin"))).containsExactly("zrange", "mget");
        assertThat(sentBy(() -> repository.deleteByHandle("robin", SessionId.hash(id))))
                .containsExactly("evalsha");
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

        // Within a second all these reads cost one command, so that some batch of them costs none.
        NearNodes.await("hot reads send nothing", () -> sentByReads(near, id, stored, reads)
                .isEmpty());

        assertThat(sentByReads(repository, id, stored, 100)).hasSize(100).containsOnly("get");
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
