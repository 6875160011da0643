/**
 * Sessions in one table of a relational database: start at {@link dev.sessionstorage.jpa.JpaSessionDataRepository}.
 *
 * <p>The jar brings scripts for the table, where {@code <vendor>} is h2, mariadb, mysql or postgresql:
 *
 * <ul>
 *   <li>plain SQL, {@code dev/sessionstorage/jpa/schema-<vendor>.sql};
 *   <li>for Flyway, the location {@code classpath:db/session-storage/flyway/<vendor>}, to add to the application's locations: a
 *       repeatable migration, so that it never clashes with a version of the application;
 *   <li>for Liquibase, a changelog to include, {@code db/session-storage/liquibase/session-storage.yaml}.
 * </ul>
 */
@NullMarked
package dev.sessionstorage.jpa;

import org.jspecify.annotations.NullMarked;
