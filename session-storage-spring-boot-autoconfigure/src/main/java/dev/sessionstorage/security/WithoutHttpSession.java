package dev.sessionstorage.security;

import dev.sessionstorage.web.RequestSession;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractAuthenticationFilterConfigurer;
import org.springframework.security.web.authentication.AbstractAuthenticationProcessingFilter;
import org.springframework.security.web.authentication.SimpleUrlAuthenticationFailureHandler;
import org.springframework.security.web.authentication.session.ConcurrentSessionControlAuthenticationStrategy;
import org.springframework.security.web.authentication.session.RegisterSessionAuthenticationStrategy;
import org.springframework.security.web.authentication.session.SessionLimit;
import org.springframework.security.web.session.SessionManagementFilter;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Turns {@code HttpSession} off in the objects that a chain's configuration creates, where Spring Security has no method for
 * it. Their fields are found by name; if one is missing, startup fails.
 */
final class WithoutHttpSession implements ObjectPostProcessor<Object> {

    private final ObjectPostProcessor<Object> next;
    private final Consumer<Object> adjustments;
    private final StaleForms staleForms;
    private @Nullable ConcurrentSessionControlAuthenticationStrategy limit;

    WithoutHttpSession(ObjectPostProcessor<Object> next, StaleForms staleForms, Consumer<Object> adjustments) {
        this.next = next;
        this.staleForms = staleForms;
        this.adjustments = adjustments;
    }

    @Override
    public <O> O postProcess(O object) {
        if (object instanceof SessionManagementFilter filter) {
            // The strategy looks at the container's session cookie. A left-over one would cause an endless redirect.
            new DirectFieldAccessor(filter).setPropertyValue("invalidSessionStrategy", null);
        } else if (object instanceof ConcurrentSessionControlAuthenticationStrategy strategy) {
            limit = strategy;
        }
        staleForms.postProcess(object);
        adjustments.accept(object);
        return next.postProcess(registeredByCommit(object));
    }

    /** With {@code maximumSessions}, Spring Security would create an {@code HttpSession} for each login and register its id. */
    @SuppressWarnings("unchecked")
    private <O> O registeredByCommit(O object) {
        return object.getClass() == RegisterSessionAuthenticationStrategy.class
                        && field(object, "sessionRegistry") instanceof PrincipalSessionRegistry registry
                        && limit != null
                ? (O) new RegisteredByCommit(
                        registry,
                        (SessionLimit) Objects.requireNonNull(field(limit, "sessionLimit")),
                        Boolean.TRUE.equals(field(limit, "exceptionIfMaximumExceeded")))
                : object;
    }

    /**
     * Keeps a failed login from creating an {@code HttpSession} for its message. A handler that the application supplies is
     * left alone, whatever its class: such a login has no failure URL.
     */
    static void inFailureHandlers(HttpSecurity http) {
        logins(http)
                .filter(login -> field(login, "failureUrl") != null)
                .map(login -> (SimpleUrlAuthenticationFailureHandler) field(login, "failureHandler"))
                .forEach(redirect -> redirect.setAllowSessionCreation(false));
    }

    /**
     * Reads the session before a login checks the password, which takes a while. Otherwise the second of two concurrent logins,
     * as by a double submit, could read it after the first one has rotated its id.
     */
    static void readsTheSessionBeforeALogin(HttpSecurity http) {
        ObjectPostProcessor<AbstractAuthenticationProcessingFilter> first = new ObjectPostProcessor<>() {
            @Override
            public <O extends AbstractAuthenticationProcessingFilter> O postProcess(O filter) {
                RequestMatcher logins = StaleForms.logins(filter);
                filter.setRequiresAuthenticationRequestMatcher(request -> {
                    boolean isLogin = logins.matches(request);
                    if (isLogin) {
                        RequestSession.of(request).isNew();
                    }
                    return isLogin;
                });
                return filter;
            }
        };
        logins(http).forEach(login -> login.addObjectPostProcessor(first));
    }

    private static Stream<AbstractAuthenticationFilterConfigurer<?, ?, ?>> logins(HttpSecurity http) {
        Map<?, ?> configurers = (Map<?, ?>) Objects.requireNonNull(field(http, "configurers"));
        return configurers.values().stream()
                .flatMap(ofOneClass -> ((Collection<?>) ofOneClass).stream())
                .filter(AbstractAuthenticationFilterConfigurer.class::isInstance)
                .map(login -> (AbstractAuthenticationFilterConfigurer<?, ?, ?>) login);
    }

    static @Nullable Object field(Object target, String name) {
        return new DirectFieldAccessor(target).getPropertyValue(name);
    }
}
