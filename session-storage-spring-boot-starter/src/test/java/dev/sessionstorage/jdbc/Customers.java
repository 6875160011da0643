package dev.sessionstorage.jdbc;

import org.springframework.data.repository.CrudRepository;

/** Does not say which Spring Data it belongs to: with a second one on the class path nobody would make it. */
interface Customers extends CrudRepository<Customer, Long> {}
