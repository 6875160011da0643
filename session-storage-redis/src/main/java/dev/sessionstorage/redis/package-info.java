/** Sessions in Redis, one key each: start at {@link dev.sessionstorage.redis.RedisSessionDataRepository}. */
@NullMarked
package dev.sessionstorage.redis;

import org.jspecify.annotations.NullMarked;
