package dev.sessionstorage.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.Objects;
import java.util.stream.Stream;
import org.hibernate.HibernateException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.data.redis.RedisConnectionFailureException;

class UnreachableStoreFailureAnalyzerTest {

    private final UnreachableStoreFailureAnalyzer analyzer = new UnreachableStoreFailureAnalyzer();

    static Stream<Throwable> failuresOfTheDatabase() {
        return Stream.of(
                new SQLException("refused", "08001"),
                new SQLException("password", "28P01"),
                new SQLException("no such database", "3D000"),
                new SQLException("starting up", "57P03"),
                new SQLTransientConnectionException("pool"),
                new SQLNonTransientConnectionException("link"),
                new SQLInvalidAuthorizationSpecException("user"),
                new RuntimeException("pool", new SQLException("refused", "08006")),
                new HibernateException("Unable to determine Dialect without JDBC metadata (please set …)"));
    }

    @ParameterizedTest
    @MethodSource("failuresOfTheDatabase")
    void aDatabaseThatCannotBeReachedIsReported(Throwable failure) {
        FailureAnalysis report = Objects.requireNonNull(analyzer.analyze(ours(failure)));
        assertThat(report.getDescription()).contains("database that keeps the sessions cannot be reached");
        assertThat(report.getAction()).contains("spring.datasource.url");
        assertThat(analyzer.analyze(others(failure))).isNull();
    }

    @Test
    void soIsRedis() {
        Throwable failure =
                new RedisConnectionFailureException("Unable to connect", new IllegalStateException("localhost:1"));
        FailureAnalysis report = Objects.requireNonNull(analyzer.analyze(ours(failure)));
        assertThat(report.getDescription()).contains("Redis", "localhost:1");
        assertThat(report.getAction()).contains("spring.data.redis");
        assertThat(analyzer.analyze(others(failure))).isNull();
    }

    @Test
    void otherFailuresAreNot() {
        assertThat(analyzer.analyze(ours(new SQLException("syntax", "42601")))).isNull();
        assertThat(analyzer.analyze(ours(new SQLException("no state")))).isNull();
        assertThat(analyzer.analyze(ours(new IllegalStateException()))).isNull();
    }

    private static Throwable ours(Throwable failure) {
        return new BeanCreationException(
                "class path resource [dev/sessionstorage/autoconfigure/SessionWebAutoConfiguration.class]",
                "sessionFilter",
                "failed",
                failure);
    }

    private static Throwable others(Throwable failure) {
        return new BeanCreationException("class path resource [com/example/Shop.class]", "shop", "failed", failure);
    }
}
