package dev.sessionstorage.sample;

import org.jspecify.annotations.Nullable;
import org.springframework.data.repository.Repository;

/** The table of accounts. */
interface AccountRepository extends Repository<Account, Long> {

    @Nullable
    Account findByUsername(String username);

    /** Throws DataIntegrityViolationException if the username is taken. */
    Account save(Account account);
}
