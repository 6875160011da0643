package dev.sessionstorage.jdbc;

import org.springframework.data.repository.CrudRepository;

/** Does not name its Spring Data module: with a second one on the class path, neither would create it. */
interface Customers extends CrudRepository<Customer, Long> {}
