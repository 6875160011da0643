package dev.sessionstorage.security;

import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.client.web.HttpSessionOAuth2AuthorizationRequestRepository;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationCodeGrantFilter;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.oauth2.client.web.OAuth2LoginAuthenticationFilter;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.util.TokenBuffer;

/** Keeps the authorization request to an OAuth2 server in the session until the user returns from there. */
public final class SessionOAuth2AuthorizationRequestRepository
        implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {

    private static final String ATTRIBUTE = "SPRING_SECURITY_OAUTH2_AUTHORIZATION_REQUEST";
    private static final TokenBuffer NONE = JsonMapper.shared().readValue("[]", TokenBuffer.class);

    private final SecurityJson json;

    /**
     * Creates a repository over the sessions of {@link RequestSession}.
     *
     * @param json the JSON of an authorization request
     */
    public SessionOAuth2AuthorizationRequestRepository(SecurityJson json) {
        this.json = json;
    }

    /**
     * Sets the repository of a filter that would otherwise use {@code HttpSession}. Other objects stay as they are.
     *
     * @param filter any object that Spring Security's configuration creates
     * @param repository this one, or the application's own
     */
    public static void adjust(Object filter, AuthorizationRequestRepository<OAuth2AuthorizationRequest> repository) {
        if (filter instanceof OAuth2AuthorizationRequestRedirectFilter redirect && usesHttpSession(filter)) {
            redirect.setAuthorizationRequestRepository(repository);
        } else if (filter instanceof OAuth2LoginAuthenticationFilter login && usesHttpSession(filter)) {
            login.setAuthorizationRequestRepository(repository);
        } else if (filter instanceof OAuth2AuthorizationCodeGrantFilter grant && usesHttpSession(filter)) {
            grant.setAuthorizationRequestRepository(repository);
        }
    }

    private static boolean usesHttpSession(Object filter) {
        return WithoutHttpSession.field(filter, "authorizationRequestRepository")
                instanceof HttpSessionOAuth2AuthorizationRequestRepository;
    }

    @Override
    public @Nullable OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
        String state = request.getParameter(OAuth2ParameterNames.STATE);
        TokenBuffer stored = state == null ? null : RequestSession.of(request).get(ATTRIBUTE, TokenBuffer.class);
        return stored == null ? null : withState(stored, state);
    }

    private @Nullable OAuth2AuthorizationRequest withState(TokenBuffer stored, @Nullable String state) {
        OAuth2AuthorizationRequest found =
                stored.firstToken() == NONE.firstToken() ? null : json.read(stored, OAuth2AuthorizationRequest.class);
        return found != null && Objects.equals(found.getState(), state) ? found : null;
    }

    @Override
    public void saveAuthorizationRequest(
            @Nullable OAuth2AuthorizationRequest authorizationRequest,
            HttpServletRequest request,
            HttpServletResponse response) {
        if (authorizationRequest == null) {
            removeAuthorizationRequest(request, response);
        } else {
            RequestSession.of(request).set(ATTRIBUTE, json.write(authorizationRequest));
        }
    }

    @Override
    public @Nullable OAuth2AuthorizationRequest removeAuthorizationRequest(
            HttpServletRequest request, HttpServletResponse response) {
        OAuth2AuthorizationRequest found = loadAuthorizationRequest(request);
        if (found != null) {
            String state = found.getState();
            // If another tab has begun a login since, its request stays. An
            // unset after the read would then be a conflict.
            RequestSession.of(request)
                    .update(
                            ATTRIBUTE,
                            TokenBuffer.class,
                            present -> present == null || withState(present, state) != null ? NONE : present);
        }
        return found;
    }
}
