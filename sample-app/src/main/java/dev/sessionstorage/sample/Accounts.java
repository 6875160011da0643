package dev.sessionstorage.sample;

import dev.sessionstorage.Session;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;

/** Signing up and logging in. */
@Service
class Accounts {

    private final AccountRepository repository;

    Accounts(AccountRepository repository) {
        this.repository = repository;
    }

    @Nullable
    Account find(String username) {
        return repository.findByUsername(username);
    }

    /** Returns null if the username is taken. */
    @Nullable
    Account signUp(String username, String displayName) {
        if (repository.findByUsername(username) != null) {
            return null;
        }
        try {
            return repository.save(new Account(username, displayName, Instant.now()));
        } catch (DataIntegrityViolationException takenMeanwhile) {
            return null;
        }
    }

    Account findOrSignUp(String username) {
        Account account = signUp(username, username);
        if (account == null) {
            account = find(username);
        }
        if (account == null) {
            throw new IllegalStateException("The account has been removed meanwhile");
        }
        return account;
    }

    /** Makes the session the account's: a new id against session fixation, and a principal. The basket comes along. */
    void logIn(Session session, Account account) {
        String before = session.principal();
        if (before != null && !before.equals(account.username())) {
            // What somebody else has left behind is nobody's business.
            session.unset("basket");
            session.unset("count");
        }
        session.rotateId();
        session.principal(account.username());
        session.set("username", account.username());
        session.set("displayName", account.displayName());
    }
}
