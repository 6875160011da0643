/** Sessions in Spring MVC: start at {@link dev.sessionstorage.web.CurrentSession}. */
@NullMarked
package dev.sessionstorage.web;

import org.jspecify.annotations.NullMarked;
