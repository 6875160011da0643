/** Spring Security without {@code HttpSession}: start at {@link dev.sessionstorage.security.SessionSecurityConfigurer}. */
@NullMarked
package dev.sessionstorage.security;

import org.jspecify.annotations.NullMarked;
