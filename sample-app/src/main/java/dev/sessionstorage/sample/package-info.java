/** A small shop on session-storage, as pages and as a JSON API: start at {@link dev.sessionstorage.sample.BasketController}. */
@NullMarked
package dev.sessionstorage.sample;

import org.jspecify.annotations.NullMarked;
