package dev.sessionstorage.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.Session;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionDataRepository;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.test.MutableClock;
import dev.sessionstorage.web.RequestSession;
import dev.sessionstorage.web.SessionFilter;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** A secret can be retired without ending any session. */
class SecretRotationTest {

    private static final String OLD = "an-old-secret-of-at-least-32-bytes";
    private static final String NEW = "a-new-secret-of-at-least-32-bytes";

    private final MutableClock clock = new MutableClock();
    private final SessionDataRepository repository = new InMemorySessionDataRepository(clock, 10);

    @Test
    void aCookieThatAnOldSecretSignedIsReplacedWhenItsSessionIsExtended() throws Exception {
        String old = create(OLD);
        assertThat(cookiesAfterAReadWith(old)).isEmpty();

        clock.advance(Duration.ofMinutes(4));
        List<String> replaced = cookiesAfterAReadWith(old);

        assertThat(replaced).hasSize(1);
        assertThat(storage(NEW).getSession(replaced.get(0)).get("count")).isEqualTo(1);
        assertThat(cookiesAfterAReadWith(replaced.get(0))).isEmpty();
    }

    @Test
    void aCookieThatTheNewestSecretSignedIsNotSentAgain() throws Exception {
        String current = create(NEW);
        clock.advance(Duration.ofMinutes(4));
        assertThat(cookiesAfterAReadWith(current)).isEmpty();
    }

    private String create(String secret) {
        SessionStorage storage = storage(secret);
        Session session = storage.getSession();
        session.set("count", 1);
        return pair(storage.commitSession(session));
    }

    private List<String> cookiesAfterAReadWith(String cookie) throws ServletException, IOException {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.addHeader(HttpHeaders.COOKIE, cookie);
        MockHttpServletResponse response = new MockHttpServletResponse();
        SessionFilter filter = new SessionFilter(storage(NEW, OLD), true, () -> {
            throw new AssertionError("No request of these fails");
        });
        filter.doFilter(request, response, (passed, answer) -> assertThat(
                        RequestSession.of(request).get("count"))
                .isEqualTo(1));
        return response.getHeaders(HttpHeaders.SET_COOKIE).stream()
                .map(SecretRotationTest::pair)
                .toList();
    }

    private SessionStorage storage(String... secrets) {
        return SessionStorage.builder()
                .cookie(cookie(secrets))
                .repository(repository)
                .clock(clock)
                .build();
    }

    private static SessionCookie cookie(String... secrets) {
        return SessionCookie.named("session").withSecrets(secrets);
    }

    private static String pair(String setCookie) {
        return setCookie.substring(0, setCookie.indexOf(';'));
    }
}
