package dev.sessionstorage.jdbc;

import org.springframework.data.annotation.Id;

/** Of an application's own. */
record Customer(@Id Long id, String name) {}
