package dev.sessionstorage.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;

class AccountsTest {

    /** The repository acts like a database with case-insensitive comparison. */
    @Test
    void aUserHasTheAccountsOwnNameHoweverItWasTyped() {
        Account robin = new Account("robin", "Robin", "no hash", Instant.EPOCH);
        AccountRepository ignoringCase = new AccountRepository() {
            @Override
            public @Nullable Account findByUsername(String username) {
                return robin.username().equalsIgnoreCase(username) ? robin : null;
            }

            @Override
            public Account save(Account account) {
                throw new UnsupportedOperationException();
            }
        };
        Accounts accounts = new Accounts(ignoringCase, PasswordEncoderFactories.createDelegatingPasswordEncoder());

        assertThat(accounts.loadUserByUsername("Robin").getUsername()).isEqualTo("robin");
    }
}
