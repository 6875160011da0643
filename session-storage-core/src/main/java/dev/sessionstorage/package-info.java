/** Explicit, server-side sessions behind a signed cookie: start at {@link dev.sessionstorage.SessionStorage}. */
@NullMarked
package dev.sessionstorage;

import org.jspecify.annotations.NullMarked;
