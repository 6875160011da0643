package dev.sessionstorage.sample;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;

/** All accounts, for signing up and for Spring Security's login. */
@Service
class Accounts implements UserDetailsService {

    private final AccountRepository repository;
    private final PasswordEncoder passwords;

    Accounts(AccountRepository repository, PasswordEncoder passwords) {
        this.repository = repository;
        this.passwords = passwords;
    }

    /** Returns the account of a logged-in user. */
    Account get(String username) {
        Account account = find(username);
        if (account == null) {
            throw new IllegalStateException("The account has been removed meanwhile");
        }
        return account;
    }

    /** Returns null if the username is taken. */
    @Nullable
    Account signUp(String username, String displayName, String password) {
        if (find(username) != null) {
            return null;
        }
        try {
            return repository.save(new Account(username, displayName, encode(password), Instant.now()));
        } catch (DataIntegrityViolationException takenMeanwhile) {
            return null;
        }
    }

    void savePackingNote(String username, String note) {
        Account account = get(username);
        account.packingNote(note);
        repository.save(account);
    }

    /** The returned user has the account's own username, not the name as typed: sessions are listed and ended by it. */
    @Override
    public UserDetails loadUserByUsername(String username) {
        Account account = find(username);
        if (account == null) {
            throw new UsernameNotFoundException("No such account");
        }
        return User.withUsername(account.username())
                .password(account.passwordHash())
                .roles("CUSTOMER")
                .build();
    }

    private @Nullable Account find(String username) {
        return repository.findByUsername(Account.username(username));
    }

    private String encode(String password) {
        String hash = passwords.encode(password);
        if (hash == null) {
            throw new IllegalStateException("The password has no hash");
        }
        return hash;
    }
}
