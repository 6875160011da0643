package dev.sessionstorage.jdbc;

import org.springframework.data.annotation.Id;

/** A record of the application. */
record Customer(@Id Long id, String name) {}
