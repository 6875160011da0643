package dev.sessionstorage.security;

import dev.sessionstorage.Sessions;
import dev.sessionstorage.web.RequestSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Comparator;
import java.util.List;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.session.RegisterSessionAuthenticationStrategy;
import org.springframework.security.web.authentication.session.SessionAuthenticationException;
import org.springframework.security.web.authentication.session.SessionLimit;

/**
 * Registers a login by committing its session, then counts again: concurrent logins did not see each other before. All logins
 * sort the sessions in the same order, so the last one to count leaves exactly the allowed number.
 */
final class RegisteredByCommit extends RegisterSessionAuthenticationStrategy {

    private static final Comparator<Sessions.Info> IN_ORDER =
            Comparator.comparing(Sessions.Info::lastUsed).thenComparing(Sessions.Info::handle);

    private final Sessions sessions;
    private final SessionLimit limit;
    private final boolean oldestStay;

    RegisteredByCommit(PrincipalSessionRegistry registry, SessionLimit limit, boolean oldestStay) {
        super(registry);
        this.sessions = registry.sessions();
        this.limit = limit;
        this.oldestStay = oldestStay;
    }

    @Override
    public void onAuthentication(
            Authentication authentication, HttpServletRequest request, HttpServletResponse response) {
        int allowed = limit.apply(authentication);
        if (allowed < 0) {
            return;
        }
        RequestSession session = RequestSession.of(request);
        String before = PrincipalSessionRegistry.handle(session);
        if (!before.isEmpty()) {
            session.set(PrincipalSessionRegistry.BEFORE_LOGIN, before);
        }
        session.principal(authentication.getName());
        session.commit();
        List<Sessions.Info> counted =
                sessions.list(authentication.getName(), session, PrincipalSessionRegistry.BEFORE_LOGIN).stream()
                        .filter(info -> info.current() || !PrincipalSessionRegistry.isOfSameForm(info, before))
                        .toList();
        boolean ended = false;
        for (Sessions.Info info : surplus(counted, allowed)) {
            ended |= info.current();
            sessions.end(authentication.getName(), info.handle());
        }
        if (ended) {
            session.destroy();
            throw new SessionAuthenticationException("Maximum sessions of " + allowed + " for this principal exceeded");
        }
    }

    private List<Sessions.Info> surplus(List<Sessions.Info> all, int allowed) {
        Comparator<Sessions.Info> order = oldestStay ? IN_ORDER : IN_ORDER.reversed();
        return all.stream().sorted(order).skip(allowed).toList();
    }
}
