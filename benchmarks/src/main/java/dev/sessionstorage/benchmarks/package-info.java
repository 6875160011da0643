/** Comparisons with Spring Session and with upper bounds: start at {@link dev.sessionstorage.benchmarks.Benchmarks}. */
@NullMarked
package dev.sessionstorage.benchmarks;

import org.jspecify.annotations.NullMarked;
