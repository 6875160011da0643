package dev.sessionstorage.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sessionstorage.InMemorySessionDataRepository;
import dev.sessionstorage.SessionCookie;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.web.RequestSession;
import dev.sessionstorage.web.SessionFilter;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.handler.HandlerExceptionResolverComposite;

class SessionCsrfTokenRepositoryTest {

    private final SessionFilter filter = new SessionFilter(
            SessionStorage.builder()
                    .cookie(SessionCookie.named("session").withSecrets("0123456789abcdef0123456789abcdef"))
                    .repository(new InMemorySessionDataRepository())
                    .build(),
            true,
            HandlerExceptionResolverComposite::new);
    private final SessionCsrfTokenRepository tokens = new SessionCsrfTokenRepository();

    /** Another site can send a POST without the cookie. The response must not set a new one. */
    @ParameterizedTest
    @CsvSource({
        "GET,  ,     ,            false, true",
        "HEAD, ,     ,            false, true",
        "GET,  GET,  ,            false, true",
        "POST, ,     ,            false, false",
        "POST, ,     cross-site,  false, false",
        "POST, ,     same-site,   false, false",
        "GET,  POST, ,            false, false",
        "GET,  PUT,  cross-site,  false, false",
        "POST, ,     same-origin, false, true",
        "POST, ,     ,            true,  true",
        "GET,  POST, ,            true,  true"
    })
    void aTokenAloneStartsASessionWhereNoOtherSiteCanAskForIt(
            String method, @Nullable String failed, @Nullable String site, boolean hasContent, boolean starts)
            throws Exception {
        MockHttpServletRequest request = new MockHttpServletRequest(method, "/");
        request.setAttribute(RequestDispatcher.ERROR_METHOD, failed);
        if (site != null) {
            request.addHeader("Sec-Fetch-Site", site);
        }
        MockHttpServletResponse response = new MockHttpServletResponse();

        filter.doFilter(request, response, (passed, answer) -> {
            HttpServletRequest received = (HttpServletRequest) passed;
            if (hasContent) {
                RequestSession.of(received).set("cart", 1);
            }
            tokens.saveToken(tokens.generateToken(received), received, (HttpServletResponse) answer);
            assertThat(tokens.loadToken(received) != null).isEqualTo(starts);
        });

        assertThat(response.getHeader("Set-Cookie") != null).isEqualTo(starts);
    }
}
