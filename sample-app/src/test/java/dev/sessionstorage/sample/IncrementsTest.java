package dev.sessionstorage.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.jpa.DatabaseSettings;
import dev.sessionstorage.jpa.TestDatabases;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Eight clients with one cookie increment a counter five hundred times each over HTTP. No increment is lost, and no count is
 * returned twice.
 */
@Tag("slow")
class IncrementsTest {

    private static final int CLIENTS = 8;
    private static final int INCREMENTS = 500;
    private static final String SECRET = "--session.cookie.secrets=0123456789abcdef0123456789abcdef";

    @Test
    void inMemory() throws Exception {
        countInOneProcess("--session.repository=memory");
    }

    @Test
    void onH2() throws Exception {
        countInOneProcess(on(TestDatabases.h2()));
    }

    @Test
    void onPostgresql() throws Exception {
        countInOneProcess(on(TestDatabases.postgresql()));
    }

    @Test
    @Tag("mariadb")
    void onMariadb() throws Exception {
        countInOneProcess(on(TestDatabases.mariadb()));
    }

    @Test
    void inTwoProcessesOnOnePostgresql() throws Exception {
        List<String> arguments = List.of(arguments(on(TestDatabases.postgresql())));
        try (ShopProcess one = ShopProcess.start(arguments);
                ShopProcess two = ShopProcess.start(arguments)) {
            assertThat(count(one.port(), two.port())).isEqualTo(CLIENTS * INCREMENTS);
        }
    }

    private static void countInOneProcess(String... settings) throws Exception {
        try (ConfigurableApplicationContext shop =
                SpringApplication.run(SampleApplication.class, arguments(settings))) {
            int port = Integer.parseInt(shop.getEnvironment().getRequiredProperty("local.server.port"));
            assertThat(count(port)).isEqualTo(CLIENTS * INCREMENTS);
        }
    }

    /** Increments with all clients, spread over the ports, and returns the final stored count. */
    private static int count(int... ports) throws Exception {
        Browser first = new Browser(ports[0]);
        first.logInByJson("robin");
        List<String> answers = new ArrayList<>();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<List<String>>> all = IntStream.range(0, CLIENTS)
                    .mapToObj(client -> clients.submit(() -> countAlone(first, ports[client % ports.length])))
                    .toList();
            for (Future<List<String>> one : all) {
                answers.addAll(one.get());
            }
        } finally {
            clients.shutdownNow();
        }
        assertThat(answers).doesNotHaveDuplicates().hasSize(CLIENTS * INCREMENTS);
        String me = first.getJson("/api/me").body();
        return Integer.parseInt(me.replaceAll(".*\"count\":(\\d+)}", "$1"));
    }

    private static List<String> countAlone(Browser first, int port) {
        Browser client = new Browser(port);
        client.cookies.putAll(first.cookies);
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < INCREMENTS; i++) {
            HttpResponse<String> response = client.postJson("/api/counter", "");
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            answers.add(response.body());
        }
        return answers;
    }

    private static String[] on(DatabaseSettings database) {
        return new String[] {
            "--spring.datasource.url=" + database.url(),
            "--spring.datasource.username=" + database.username(),
            "--spring.datasource.password=" + database.password(),
            "--spring.jpa.hibernate.ddl-auto=update",
            "--session.jpa.initialize-schema=always"
        };
    }

    private static String[] arguments(String... settings) {
        List<String> arguments = new ArrayList<>(List.of("--server.port=0", SECRET));
        arguments.addAll(List.of(settings));
        return arguments.toArray(String[]::new);
    }
}
