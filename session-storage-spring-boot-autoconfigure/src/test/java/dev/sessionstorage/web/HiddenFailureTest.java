package dev.sessionstorage.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionId;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.SessionUnavailableException;
import jakarta.servlet.ServletException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.UnexpectedRollbackException;

/** Other exceptions that hide a failure of the store. */
class HiddenFailureTest {

    static Stream<Exception> exceptionsThatHideIt() {
        return Stream.of(
                failure(),
                new IllegalStateException(failure()),
                new ServletException(new ServletException(new ServletException(failure()))),
                new UndeclaredThrowableException(failure()),
                new ExecutionException(new CompletionException(failure())),
                suppressing(new IllegalStateException("close"), failure()),
                new IllegalStateException(
                        suppressing(new RuntimeException("rollback"), new RuntimeException(failure()))),
                failedRollback(failure()),
                new ServletException(failedRollback(new IllegalStateException(failure()))),
                inACircle());
    }

    @ParameterizedTest
    @MethodSource("exceptionsThatHideIt")
    void isFound(Exception thrown) {
        assertThat(HiddenFailure.find(thrown, null)).isInstanceOf(SessionUnavailableException.class);
    }

    static Stream<Exception> exceptionsThatHaveForgottenIt() {
        return Stream.of(
                new DataAccessResourceFailureException("JDBC rollback"),
                new UnexpectedRollbackException("marked as rollback-only"),
                new ServletException(failedRollback(new IllegalStateException())));
    }

    @ParameterizedTest
    @MethodSource("exceptionsThatHaveForgottenIt")
    void isKnownFromTheRequestIfATransactionFails(Exception thrown) {
        SessionUnavailableException failure = failure();
        assertThat(HiddenFailure.find(thrown, failure)).isSameAs(failure);
        assertThat(HiddenFailure.find(thrown, null)).isNull();
    }

    @Test
    void anotherExceptionIsTheApplicationsOwn() {
        assertThat(HiddenFailure.find(new IllegalStateException("a bug"), failure()))
                .isNull();
    }

    private static <T extends Throwable> T suppressing(T thrown, Throwable suppressed) {
        thrown.addSuppressed(suppressed);
        return thrown;
    }

    private static TransactionSystemException failedRollback(Throwable application) {
        TransactionSystemException failed =
                new TransactionSystemException("Could not roll back", new IllegalStateException("broken"));
        failed.initApplicationException(application);
        return failed;
    }

    private static Exception inACircle() {
        IllegalStateException first = new IllegalStateException();
        IllegalStateException second = new IllegalStateException(first);
        first.initCause(second);
        return suppressing(first, failure());
    }

    private static SessionUnavailableException failure() {
        SessionStorage down = SessionStorage.builder()
                .cookie(SessionCookie.named("session").withSecrets("a-secret-of-the-tests-0123456789abc"))
                .createData((data, expires) -> SessionId.create())
                .readData(HiddenFailureTest::refuse)
                .updateData((id, data, expires) -> true)
                .deleteData(id -> {})
                .build();
        dev.sessionstorage.Session session = down.getSession();
        session.set("n", 1);
        String header = down.commitSession(session);
        try {
            down.getSession(header.substring(0, header.indexOf(';')));
        } catch (SessionUnavailableException e) {
            return e;
        }
        throw new IllegalStateException("The store is down");
    }

    private static dev.sessionstorage.@Nullable SessionData refuse(String id) {
        throw new IllegalStateException("connection refused");
    }
}
