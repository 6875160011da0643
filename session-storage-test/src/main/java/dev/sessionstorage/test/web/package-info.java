/**
 * Sessions in the MockMvc tests of an application: start at {@link dev.sessionstorage.test.web.WithSession} or
 * {@link dev.sessionstorage.test.web.SessionRequestPostProcessors}.
 */
@NullMarked
package dev.sessionstorage.test.web;

import org.jspecify.annotations.NullMarked;
