/** Comparisons with Spring Session and with the limit: start at {@link dev.sessionstorage.benchmarks.Benchmarks}. */
@NullMarked
package dev.sessionstorage.benchmarks;

import org.jspecify.annotations.NullMarked;
