package dev.sessionstorage.redis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.redis.JavaProcess;
import dev.sessionstorage.redis.TestRedis;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two applications with only the starter, in separate processes, over one Redis and real HTTP. */
@Timeout(120)
class RedisStarterTest {

    private static final int CLIENTS = 8;
    private static final int INCREMENTS = 500;

    private static final List<JavaProcess> PROCESSES = new ArrayList<>();
    private static final List<CounterClient> NODES = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        for (int i = 0; i < 2; i++) {
            PROCESSES.add(JavaProcess.start(
                    CounterApplication.class,
                    List.of("-XX:TieredStopAtLevel=1"),
                    "--spring.data.redis.host=" + TestRedis.host(),
                    "--spring.data.redis.port=" + TestRedis.port()));
        }
        for (JavaProcess process : PROCESSES) {
            NODES.add(new CounterClient(Integer.parseInt(process.awaitReady())));
        }
    }

    @AfterAll
    static void stop() {
        PROCESSES.forEach(JavaProcess::close);
    }

    @Test
    void noIncrementOfOneSessionOnTwoNodesIsLost() throws Exception {
        String cookie = CounterClient.cookie(NODES.get(0).send("POST", "/login?user=robin", ""));
        long start = System.nanoTime();

        List<String> answers = new ArrayList<>();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<List<String>>> all = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                CounterClient node = NODES.get(client % NODES.size());
                all.add(clients.submit(() -> increment(node, cookie)));
            }
            for (Future<List<String>> one : all) {
                answers.addAll(one.get());
            }
        } finally {
            clients.shutdownNow();
        }

        System.out.printf(
                "%d of %d increments on two processes in %d ms%n",
                answers.size(), CLIENTS * INCREMENTS, (System.nanoTime() - start) / 1_000_000);
        assertThat(answers).doesNotHaveDuplicates().hasSize(CLIENTS * INCREMENTS);
        assertThat(NODES.get(1).send("GET", "/count", cookie).body()).isEqualTo("robin " + CLIENTS * INCREMENTS);
    }

    @Test
    void aSessionMovesBetweenNodesThroughLoginAndLogout() throws Exception {
        String anonymous = CounterClient.cookie(NODES.get(0).send("POST", "/count", ""));
        String loggedIn = CounterClient.cookie(NODES.get(1).send("POST", "/login?user=robin", anonymous));

        assertThat(NODES.get(0).send("GET", "/count", loggedIn).body()).isEqualTo("robin 1");
        // The id from before the login opens no session: the request must be repeated with the new one.
        assertThat(NODES.get(0).send("GET", "/count", anonymous).statusCode()).isEqualTo(409);

        HttpResponse<String> bye = NODES.get(0).send("POST", "/logout", loggedIn);
        assertThat(bye.headers().firstValue("Set-Cookie").orElse("")).contains("Max-Age=0");
        assertThat(NODES.get(1).send("GET", "/count", loggedIn).body()).isEqualTo("null null");
    }

    private static List<String> increment(CounterClient node, String cookie) throws IOException, InterruptedException {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < INCREMENTS; i++) {
            HttpResponse<String> response = node.send("POST", "/count", cookie);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            answers.add(response.body());
        }
        return answers;
    }
}
