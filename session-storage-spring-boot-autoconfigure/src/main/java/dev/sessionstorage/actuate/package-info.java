/** Sessions in Micrometer: start at {@link dev.sessionstorage.actuate.SessionMetrics}. */
@NullMarked
package dev.sessionstorage.actuate;

import org.jspecify.annotations.NullMarked;
