package dev.sessionstorage.sample;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.web.CurrentSession;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.web.bind.annotation.ExceptionHandler;
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
    private final DirectLogin login;
    private final SessionStorage storage;

    ApiController(Accounts accounts, DirectLogin login, SessionStorage storage) {
        this.accounts = accounts;
        this.login = login;
        this.storage = storage;
    }

    record SignUp(@Username String username, @Password String password) {}

    record LogIn(@NotNull String username, @NotNull String password) {}

    record Me(String username, int count) {}

    record Count(int count) {}

    @PostMapping("/signup")
    @ResponseStatus(HttpStatus.CREATED)
    Me signUp(
            @CurrentSession Session session,
            @Valid @RequestBody SignUp form,
            HttpServletRequest request,
            HttpServletResponse response) {
        Account account = accounts.signUp(form.username(), form.username(), form.password());
        if (account == null) {
            throw new ResponseStatusException(HttpStatus.CONFLICT, "This username is taken");
        }
        login.logIn(account.username(), form.password(), request, response);
        return new Me(account.username(), count(session));
    }

    @PostMapping("/login")
    Me logIn(
            @CurrentSession Session session,
            @Valid @RequestBody LogIn form,
            HttpServletRequest request,
            HttpServletResponse response) {
        Authentication user = login.logIn(form.username(), form.password(), request, response);
        return new Me(user.getName(), count(session));
    }

    @GetMapping("/me")
    Me me(@CurrentSession(required = true) Session session) {
        String username = session.principal();
        if (username == null) {
            throw new ResponseStatusException(HttpStatus.UNAUTHORIZED, "Nobody is logged in");
        }
        return new Me(username, count(session));
    }

    /** Commits explicitly, because only after the commit the count is the stored one, including concurrent increments. */
    @PostMapping("/counter")
    Count countUp(@CurrentSession Session session) {
        session.update("count", Integer.class, count -> count == null ? 1 : count + 1);
        storage.commitSession(session);
        return new Count(count(session));
    }

    @PostMapping("/logout")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void logOut(HttpServletRequest request) throws ServletException {
        request.logout();
    }

    @ExceptionHandler
    ProblemDetail wrongPassword(AuthenticationException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.UNAUTHORIZED, "Username and password do not match");
    }

    @ExceptionHandler
    ProblemDetail notNow(AuthenticationServiceException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, "Please try again in a moment");
    }

    private static int count(Session session) {
        Integer count = session.get("count", Integer.class);
        return count == null ? 0 : count;
    }
}
