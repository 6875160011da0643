package dev.sessionstorage.sample;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.web.CurrentSession;
import jakarta.validation.Valid;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** The same accounts and sessions as JSON. */
@RestController
@RequestMapping("/api")
class ApiController {

    private final Accounts accounts;
    private final SessionStorage storage;

    ApiController(Accounts accounts, SessionStorage storage) {
        this.accounts = accounts;
        this.storage = storage;
    }

    record Login(@Username String username) {}

    record Me(String username, int count) {}

    record Count(int count) {}

    @PostMapping("/login")
    Me logIn(@CurrentSession Session session, @Valid @RequestBody Login login) {
        Account account = accounts.findOrSignUp(login.username());
        accounts.logIn(session, account);
        return new Me(account.username(), count(session));
    }

    @GetMapping("/me")
    Me me(@CurrentSession(required = true) Session session) {
        String username = session.principal();
        if (username == null) {
            throw new ResponseStatusException(HttpStatus.UNAUTHORIZED, "Nobody is logged in");
        }
        return new Me(username, count(session));
    }

    /** Commits itself: only after the commit is the count the stored one, whatever other requests have counted meanwhile. */
    @PostMapping("/counter")
    Count countUp(@CurrentSession Session session) {
        session.update("count", Integer.class, count -> count == null ? 1 : count + 1);
        storage.commitSession(session);
        return new Count(count(session));
    }

    @PostMapping("/logout")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void logOut(@CurrentSession Session session) {
        storage.destroySession(session);
    }

    private static int count(Session session) {
        Integer count = session.get("count", Integer.class);
        return count == null ? 0 : count;
    }
}
