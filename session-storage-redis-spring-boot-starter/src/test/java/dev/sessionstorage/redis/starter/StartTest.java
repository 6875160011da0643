package dev.sessionstorage.redis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.redis.RedisProcess;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** Startup does not wait for Redis while beans are being created. */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(300)
class StartTest {

    private static final String SOURCES = "--spring.main.sources=";

    /** A bean that metrics or tracing look up for each command in Lettuce's thread, as Actuator's do. */
    static final class Tracer {}

    @Configuration(proxyBeanMethods = false)
    static class Metrics {

        @Bean
        @Lazy
        Tracer tracer() {
            return new Tracer();
        }

        @Bean
        ClientResourcesBuilderCustomizer metrics(ObjectProvider<Tracer> tracer) {
            return resources -> resources.commandLatencyRecorder(new CommandLatencyRecorder() {
                @Override
                public void recordCommandLatency(
                        SocketAddress local,
                        SocketAddress remote,
                        ProtocolKeyword command,
                        long firstResponse,
                        long completion) {
                    tracer.getObject();
                }

                @Override
                public boolean isEnabled() {
                    return true;
                }
            });
        }
    }

    @Test
    void lettucesThreadsMayNeedABeanThatIsNotMadeYet(CapturedOutput output) throws Exception {
        try (RedisProcess server = RedisProcess.start("--appendonly", "no");
                ServletWebServerApplicationContext application = CounterApplication.start(
                        SOURCES + Metrics.class.getName(),
                        "--spring.data.redis.host=127.0.0.1",
                        "--spring.data.redis.port=" + server.port())) {
            awaitCheck();
            assertThat(application.isRunning()).isTrue();
        }
        assertThat(output).contains("set appendonly yes").doesNotContain("cannot be reached yet");
    }

    /** Waits for the check, which startup does not do if it takes long. */
    private static void awaitCheck() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("session-redis-warnings")) {
                thread.join(TimeUnit.SECONDS.toMillis(60));
            }
        }
    }

    @Test
    void aServerThatNeverAnswersHoldsNoStartUp(CapturedOutput output) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (ServerSocket silent = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> readAll(silent, asked));
            server.setDaemon(true);
            server.start();
            // Lettuce's own timeout is a minute.
            try (ServletWebServerApplicationContext application = CounterApplication.start(
                    "--spring.data.redis.host=127.0.0.1", "--spring.data.redis.port=" + silent.getLocalPort())) {
                assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
                assertThat(application.isRunning()).isTrue();
                assertThat(output).doesNotContain("cannot be reached yet");
            }
        }
    }

    private static void readAll(ServerSocket server, CountDownLatch asked) {
        try (Socket client = server.accept();
                InputStream requests = client.getInputStream()) {
            if (requests.read() >= 0) {
                asked.countDown();
                requests.transferTo(OutputStream.nullOutputStream());
            }
        } catch (IOException e) {
            // The test is over.
        }
    }
}
