/** The published contracts of repositories: start at {@link dev.sessionstorage.test.SessionDataRepositoryContract}. */
@NullMarked
package dev.sessionstorage.test;

import org.jspecify.annotations.NullMarked;
