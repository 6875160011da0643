package dev.sessionstorage.starter;

import dev.sessionstorage.Session;
import dev.sessionstorage.SessionStorage;
import dev.sessionstorage.web.CurrentSession;
import java.security.Principal;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Every operation of a request on a session. */
@RestController
class CartController {

    private final SessionStorage storage;

    CartController(SessionStorage storage) {
        this.storage = storage;
    }

    @GetMapping("/cart")
    String show(@CurrentSession Session session) {
        return session.get("items") + " for " + session.principal();
    }

    @PostMapping("/cart")
    String add(@CurrentSession Session session) {
        session.flash("message", "Added.");
        return String.valueOf(session.update("items", Integer.class, n -> n == null ? 1 : n + 1));
    }

    @GetMapping("/account")
    String account(@CurrentSession Session session, Principal user) {
        return user.getName() + " has " + session.get("items");
    }

    @PostMapping("/sign-in")
    String signIn(@CurrentSession Session session) {
        session.principal("robin");
        session.rotateId();
        return "Hello robin";
    }

    @PostMapping("/sign-out")
    ResponseEntity<String> signOut(@CurrentSession Session session) {
        return ResponseEntity.ok()
                .header(HttpHeaders.SET_COOKIE, storage.destroySession(session))
                .body("Bye");
    }

    /** A mistake: the browser forgets the session, but the repository keeps it. */
    @PostMapping("/forget-cookie")
    ResponseEntity<String> forgetCookie() {
        return ResponseEntity.ok()
                .header(HttpHeaders.SET_COOKIE, storage.commitSession(storage.getSession()))
                .body("Bye?");
    }
}
