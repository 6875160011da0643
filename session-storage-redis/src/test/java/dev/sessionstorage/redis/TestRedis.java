package dev.sessionstorage.redis;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** The Redis server of this JVM's tests: in a container if Docker is available, otherwise a local process. */
public final class TestRedis {

    private static final int CONTAINER_PORT = 6379;

    private TestRedis() {}

    /** The server's host. */
    public static String host() {
        return Server.ADDRESS.getHostString();
    }

    /** The server's port. */
    public static int port() {
        return Server.ADDRESS.getPort();
    }

    /** Returns a started connection factory. The caller destroys it. */
    static LettuceConnectionFactory connect() {
        return connect(host(), port());
    }

    static LettuceConnectionFactory connect(String host, int port) {
        LettuceConnectionFactory factory = new LettuceConnectionFactory(new RedisStandaloneConfiguration(host, port));
        factory.afterPropertiesSet();
        factory.start();
        return factory;
    }

    /** Connects until a read succeeds: a client that reads from replicas may not know them at first. */
    static LettuceConnectionFactory awaitReads(Supplier<LettuceConnectionFactory> connecting) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            LettuceConnectionFactory factory = connecting.get();
            try {
                new StringRedisTemplate(factory).opsForValue().get("the application's");
                return factory;
            } catch (DataAccessException e) {
                factory.destroy();
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    private static final class Server {

        static final InetSocketAddress ADDRESS =
                System.getProperty("session.test.redis-server") == null && dockerAnswers()
                        ? inContainer()
                        : asProcess();

        @SuppressWarnings("resource") // it ends with the JVM
        private static InetSocketAddress inContainer() {
            GenericContainer<?> container =
                    new GenericContainer<>(DockerImageName.parse("redis:8-alpine")).withExposedPorts(CONTAINER_PORT);
            container.start();
            return InetSocketAddress.createUnresolved(container.getHost(), container.getMappedPort(CONTAINER_PORT));
        }

        @SuppressWarnings("resource") // it ends with the JVM
        private static InetSocketAddress asProcess() {
            return InetSocketAddress.createUnresolved(
                    "127.0.0.1", RedisProcess.start().port());
        }

        /** Checked here, because Testcontainers logs errors if Docker is not available. */
        private static boolean dockerAnswers() {
            String configured = System.getenv("DOCKER_HOST");
            URI host = URI.create(configured == null ? "unix:///var/run/docker.sock" : configured);
            try {
                if ("unix".equals(host.getScheme())) {
                    SocketChannel.open(UnixDomainSocketAddress.of(Path.of(host.getPath())))
                            .close();
                } else {
                    try (Socket socket = new Socket()) {
                        socket.connect(new InetSocketAddress(host.getHost(), host.getPort()), 2_000);
                    }
                }
                return true;
            } catch (IOException | RuntimeException e) {
                return false;
            }
        }
    }
}
