/** Spring Boot's view of session-storage: start at {@link dev.sessionstorage.autoconfigure.SessionAutoConfiguration}. */
@NullMarked
package dev.sessionstorage.autoconfigure;

import org.jspecify.annotations.NullMarked;
